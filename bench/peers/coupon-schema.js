/** What every peer that brings a resolver serves: as much of the gateway's schema as the bench's operation asks for. */
export const couponSchema = /* GraphQL */ `
  scalar Upload
  enum CustomerIdentifier { MOBILE EMAIL EXTERNAL_ID USER_ID NOT_TAGGED }
  input UploadCouponBatchInput {
    couponSeriesId: ID!
    customerIdentifier: CustomerIdentifier!
    customerIdentifierColumn: Int
  }
  type UploadJob { id: ID! }
  type UploadAccepted { jobs: [UploadJob!]! }
  type Query { ready: Boolean }
  type Mutation {
    uploadCouponBatch(file: Upload!, input: UploadCouponBatchInput!): UploadAccepted!
  }
`;
