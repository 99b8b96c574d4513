/** An operation to start from. */
export interface Example {
  /** The operation's name, and the tab's. */
  readonly name: string;
  readonly label: string;
  readonly query: string;
  /** JSON text. */
  readonly variables: string;
}

const result = `    __typename
    ... on UploadAccepted {
      replayed
      jobs {
        id
        status
      }
      file {
        name
        bytes
        rows
        sha256
        problemCount
        problems {
          line
          column
          code
          message
        }
        notes
      }
    }
    ... on UploadChecked {
      file {
        rows
        problemCount
        problems {
          line
          column
          code
          message
        }
        notes
      }
    }
    ... on UploadError {
      message
    }
    ... on InvalidFileError {
      problemCount
      problems {
        line
        column
        code
        message
      }
      jobs {
        id
        status
      }
    }
    ... on InvalidInputError {
      field
    }
    ... on UpstreamRejectedError {
      httpStatus
      upstreamCode
      requestId
      idempotencyKey
      jobs {
        id
        status
      }
    }
    ... on UploadOutcomeUnknownError {
      idempotencyKey
      jobs {
        id
        status
      }
    }`;

/** One for each thing that the API is for, in the order in which a newcomer needs them. */
export const examples: readonly Example[] = [
  {
    name: 'UploadCoupons',
    label: 'Upload coupons',
    query: `# Choose a CSV in the Files panel, then press play.
mutation UploadCoupons($file: Upload!, $input: UploadCouponBatchInput!) {
  uploadCouponBatch(file: $file, input: $input) {
${result}
  }
}
`,
    variables: text({
      file: null,
      input: { couponSeriesId: '541854', customerIdentifier: 'MOBILE', customerIdentifierColumn: 0 },
    }),
  },
  {
    name: 'UploadRedeemed',
    label: 'Upload redeemed coupons',
    query: `# Choose a CSV in the Files panel: its columns are filled in by their names.
mutation UploadRedeemed($file: Upload!, $input: UploadRedeemedCouponsInput!) {
  uploadRedeemedCoupons(file: $file, input: $input) {
${result}
  }
}
`,
    variables: text({
      file: null,
      input: {
        couponSeriesId: '541854',
        customerIdentifier: 'USER_ID',
        couponIdentifier: 'COUPON_ID',
        columns: { redeemedDateInMillis: 0, redeemedAt: 1, customerIdentifier: 2, couponIdentifier: 3 },
      },
    }),
  },
  {
    name: 'MyJobs',
    label: 'My jobs',
    query: `# The upload jobs of a coupon series, newest first.
query MyJobs($series: ID!) {
  couponSeries(id: $series) {
    uploadJobs(first: 10) {
      totalCount
      edges {
        node {
          id
          uploadedFileName
          createdAt
          status
          outcome
          acceptedCount
          errorCount
          errorFileUrl
        }
      }
    }
  }
}
`,
    variables: text({ series: '541854' }),
  },
  {
    name: 'Watch',
    label: 'Watch a job',
    query: `# Each change of these jobs, until all are over. The Jobs panel does the same, and goes on when you change the tab.
subscription Watch($ids: [ID!]!) {
  uploadJobUpdated(ids: $ids) {
    id
    status
    outcome
    acceptedCount
    errorCount
  }
}
`,
    variables: text({ ids: ['COUPON_BATCH:541854:222696'] }),
  },
];

function text(variables: object): string {
  return JSON.stringify(variables, null, 2);
}
