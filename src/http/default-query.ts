/** What the explorer shows first: the main job of this API. */
export const defaultQuery = `# Capillary upload gateway
#
# Files are sent as GraphQL multipart requests; the README has a curl that does it.
# The mutation, with the file as the variable $file:
#
#   mutation Upload($file: Upload!) {
#     uploadCouponBatch(
#       file: $file
#       input: { couponSeriesId: "541854", customerIdentifier: MOBILE, customerIdentifierColumn: 0 }
#     ) {
#       __typename
#       ... on UploadAccepted { jobs { id status } file { name bytes sha256 } }
#       ... on UploadError { message }
#     }
#   }
#
# Set your access token under "Headers": { "x-cap-api-oauth-token": "..." }
# With the embedded sandbox it is "sandbox-token".

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
`;
