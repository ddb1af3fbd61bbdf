import type { Family } from '../../family.js';
import type { CtcModelPlan, PlanContext } from '../open-model.js';

/** What differs between families of CTC models. */
interface PlanFamilyParts extends Pick<Family, 'name' | 'detect'> {
  /** Reads the files of a model that was recognised; imports what it needs for that. */
  readonly plan: (context: PlanContext) => Promise<CtcModelPlan>;
}

/**
 * A family of CTC models. Recognising one is all that is loaded with the family; the rest is imported for a model of its own,
 * so that a page that runs Whisper doesn't load it.
 */
export function planFamily({ name, detect, plan }: PlanFamilyParts): Family {
  return {
    name,
    detect,
    async load(context) {
      const [{ openCtcModel }, planned] = await Promise.all([import('../open-model.js'), plan(context)]);
      return openCtcModel(context, planned);
    },
    async inspect(context) {
      const [{ inspectCtcPlan }, planned] = await Promise.all([import('../inspect-plan.js'), plan(context)]);
      return inspectCtcPlan(planned);
    },
  };
}
