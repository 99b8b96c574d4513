/** The largest number of lines or problems that an answer can tell: an `Int` of GraphQL has 32 bits. */
export const maxCount = 2 ** 31 - 1;
