import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take long however short they are. */
const longest = ['faults', 'container-image', 'package', 'replicas', 'upload-repeats', 'soak', 'routers'];

/** Begins with them: Vitest, which takes the largest files first, would end with them, and one core would wait. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
