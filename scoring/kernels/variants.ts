/**
 * Every kernel that there is: `npm run kernels` assembles these. Trees in single precision grow level by level
 * as a rule, so their kernels have no functions that stop early.
 */
export const variants = {
  f32: { precision: 'f32', tables: false, early: false },
  f32Tables: { precision: 'f32', tables: true, early: false },
  f64: { precision: 'f64', tables: false, early: true },
  f64Tables: { precision: 'f64', tables: true, early: true },
} as const;
