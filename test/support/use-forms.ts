import type { FormPart } from './multipart-form.ts';
import { postForm, type RequestHeaders, readGraphQL } from './raw-graphql.ts';
import { useGateway } from './use-gateway.ts';
import { wholeRequests } from './whole-requests.ts';

/** A gateway for forms: what `send` resolves to tells the answer, and the uploads that upstream has heard of meanwhile. */
export function useForms() {
  const gateway = useGateway();
  const uploads = (from = 0) =>
    gateway.sandbox.requests.slice(from).filter(({ call }) => call === 'uploadFile');
  return {
    ...{ gateway, uploads },
    async send(form: readonly FormPart[] | Buffer, headers: RequestHeaders = {}) {
      const before = gateway.sandbox.requests.length;
      const answer = await postForm(gateway.url, form, headers);
      const whole = await wholeRequests(gateway.sandbox, before);
      return { ...readGraphQL(answer), headers: answer.headers, uploads: uploads(before), whole };
    },
  };
}
