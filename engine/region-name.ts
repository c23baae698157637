/** What the name of a region looks like: it becomes part of addresses that are asked and of links that people follow. */
export const regionNameForm = /^[a-z]{2,4}(?:-[a-z]{1,12}){1,3}-\d$/;

/** What is said of a name that is none. */
export const regionNameExpected = 'expected a region such as "us-east-1"';

export const isRegionName = (text: string): boolean => regionNameForm.test(text);
