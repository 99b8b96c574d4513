/** Bounds of one document, as it stands in the request. Fragments count wherever they are spread. */
export interface DocumentLimits {
  /** 5,000 are some hundred aliased jobs with all their fields. */
  readonly maxTokens: number;
  /** Nothing useful is deeper than 10, one list of jobs within another. Introspection has a bound of its own. */
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  /** About the number of values in the largest answer that the operation can have. */
  readonly maxCost: number;
}
