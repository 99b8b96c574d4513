/** What the explorer shows first: the main job of this API. */
export const defaultQuery = `# The upload jobs of a coupon series, newest first.
# Your access token goes under "Headers", below.
query Jobs {
  couponSeries(id: "541854") {
    uploadJobs(first: 10) {
      totalCount
      edges {
        node {
          id
          uploadedFileName
          status
          outcome
          acceptedCount
          errorCount
        }
      }
    }
  }
}

# Uploading a file. This page cannot pick one:
# the README has the curl that sends it.
mutation Upload($file: Upload!) {
  uploadCouponBatch(
    file: $file
    input: {
      couponSeriesId: "541854"
      customerIdentifier: MOBILE
      customerIdentifierColumn: 0
    }
  ) {
    __typename
    ... on UploadAccepted {
      jobs { id status }
      file { name bytes rows problemCount }
    }
    ... on UploadError {
      message
    }
  }
}

# Watching its job to the end.
subscription Watch {
  uploadJobUpdated(ids: ["COUPON_BATCH:541854:222696"]) {
    id
    status
    outcome
    acceptedCount
    errorCount
  }
}
`;
