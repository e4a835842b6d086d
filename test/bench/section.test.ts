import { describe, expect, test } from 'vitest';
import { sectionOf, withSection } from '../../bench/scoring/section.ts';

const page = '# Results\n\nWords.\n\n## One\nfirst\n\n### Below\nmore\n\n## Two\nsecond\n';

describe('a section of a page', () => {
  test('is replaced, and the sections around it stay as they are', () => {
    expect(withSection(page, 'One', '\nnew\n\n')).toBe(
      '# Results\n\nWords.\n\n## One\nnew\n\n## Two\nsecond\n',
    );
    expect(withSection(page, 'Two', 'new')).toBe(
      '# Results\n\nWords.\n\n## One\nfirst\n\n### Below\nmore\n\n## Two\nnew\n',
    );
  });

  test('is put at the end of a page that lacks it', () => {
    expect(withSection(page, 'Three', 'third')).toBe(`${page}\n## Three\nthird\n`);
    expect(withSection('', 'Three', 'third')).toBe('## Three\nthird\n');
  });

  test('is the text up to the next heading of its level', () => {
    expect(sectionOf(page, 'One')).toBe('first\n\n### Below\nmore');
    expect(sectionOf(page, 'Two')).toBe('second');
    expect(sectionOf(page, 'Three')).toBe('');
  });

  test('comes out as it was put in, however often', () => {
    const once = withSection(page, 'Two', 'a\n\n| b |');
    expect(sectionOf(once, 'Two')).toBe('a\n\n| b |');
    expect(withSection(once, 'Two', sectionOf(once, 'Two'))).toBe(once);
  });
});
