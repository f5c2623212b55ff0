import type { IExecuteFunctions } from 'n8n-workflow';

import { parameterReader } from '../../../nodes/RespondIoCustomChannel/actions/parameterReader';

const json = {
	id: 7,
	text: 'Hello',
	body: { text: 'Deep', list: [{ name: 'first' }], 'a b': 'spaced', empty: '', none: null },
};

/** What is read, and which parameters n8n had to be asked for. */
function read(parameters: Record<string, unknown>, ...names: string[]) {
	const asked: string[] = [];
	const reader = parameterReader({
		getNode: () => ({ parameters }),
		getInputData: () => [{ json }],
		getNodeParameter: (name: string) => {
			asked.push(name);
			return "n8n's";
		},
	} as unknown as IExecuteFunctions);
	return { values: names.map((name) => reader.getNodeParameter(name, 0)), asked };
}

it.each<[string, unknown]>([
	['={{ $json }}', json],
	['={{$json.text}}', 'Hello'],
	['={{ $json.id }}', 7],
	['={{ $json.body.text }}', 'Deep'],
	['={{ $json.body.list[0].name }}', 'first'],
	['={{ $json.body["a b"] }}', 'spaced'],
	["={{ $json['body']['a b'] }}", 'spaced'],
	['={{ $json.body.empty }}', ''],
	['a text', 'a text'],
	['', ''],
])('reads %s without n8n', (text, value) => {
	expect(read({ text }, 'text')).toEqual({ values: [value], asked: [] });
});

it.each([
	'={{ $json.missing }}',
	'={{ $json.missing.deeper }}',
	'={{ $json.body.none }}',
	'={{ $json.text.length }}',
	'={{ $json.constructor }}',
	'={{ $json.__proto__ }}',
	'={{ $json.text ?? "x" }}',
	'={{ $json.text.toUpperCase() }}',
	'=Hello {{ $json.text }}',
	'={{ $json.text }} ',
	'={{ $("In").item.json.text }}',
	'={{ $json["te\\u0078t"] }}',
	'=text',
])('leaves %s to n8n', (text) => {
	expect(read({ text }, 'text')).toEqual({ values: ["n8n's"], asked: ['text'] });
});

it('reads what is nested, and leaves a collection with an expression to n8n', () => {
	const parameters = { plain: { a: 1 }, mixed: { a: 1, b: '={{ $json.text }}' } };
	expect(read(parameters, 'plain', 'plain.a', 'mixed.a', 'mixed.b', 'mixed', 'absent')).toEqual({
		values: [{ a: 1 }, 1, 1, 'Hello', "n8n's", "n8n's"],
		asked: ['mixed', 'absent'],
	});
});
