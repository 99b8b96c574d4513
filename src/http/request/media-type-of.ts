/** The media type of a `Content-Type`, in lower case and without parameters; '' without the header. */
export function mediaTypeOf(contentType: string | null | undefined): string {
  return contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
}
