/** Bounds of one document, as it stands in the request. Fragments count wherever they are spread. */
export interface DocumentLimits {
  /** 5,000 are some hundred aliased jobs with all their fields. */
  readonly maxTokens: number;
  /** Deeper than 10, which is one list of jobs within another, nothing makes sense. Introspection has a bound of its own. */
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  /** About the number of values in the largest answer that the operation can have. */
  readonly maxCost: number;
}
