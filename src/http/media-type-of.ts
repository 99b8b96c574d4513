/** The media type that a `Content-Type` names, in lower case, without its parameters; '' when there is no such header. */
export function mediaTypeOf(contentType: string | null | undefined): string {
  return contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
}
