import {
	bearerToken,
	isSameToken,
} from '../../../nodes/RespondIoCustomChannel/trigger/authenticate';

it.each([
	['abc', 'abc', true],
	['abc', 'abd', false],
	['abc', 'abcd', false],
	['', 'abc', false],
	// A credential without a token lets nobody in.
	['', '', false],
])('isSameToken: %j for %j is %s', (given, expected, same) => {
	expect(isSameToken(given, expected)).toBe(same);
});

it.each([
	['Bearer abc', 'abc'],
	['bearer  a.b-c_d= ', 'a.b-c_d='],
	['Bearer', undefined],
	['Bearer a b', undefined],
	['Basic abc', undefined],
	[undefined, undefined],
])('bearerToken: of %j is %j', (authorization, token) => {
	expect(bearerToken({ authorization })).toBe(token);
});
