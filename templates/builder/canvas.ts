/** Sizes of n8n's canvas in pixels, and how much room a note's text takes. Measured in the editor of n8n 2.41. */

export interface Box {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** Positions are multiples of it. */
export const GRID = 16;
const NODE = 96;
/** A node's name and subtitle stand below it, in two lines, up to twice as wide as the node. */
const LABEL = { width: 192, height: 48 };
/** From one node to the next. */
export const PITCH = { x: 208, y: 160 };

/** A node with more than two outputs is taller, by this for each. */
const OUTPUT = 32;

/** The circle of a node that others hang on, such as a model. */
const CONFIGURATION = 80;

export interface Shape {
	outputs?: number;
	/** Hangs below an AI node. */
	isConfiguration?: boolean;
	/** Others hang on it: wider, with its name inside. */
	isConfigurable?: boolean;
}

/** What a node covers, its name included. */
export function boxOfNode(
	[x, y]: readonly [number, number],
	{ outputs = 1, isConfiguration = false, isConfigurable = false }: Shape = {},
): Box {
	const width = isConfigurable ? 256 : isConfiguration ? CONFIGURATION : NODE;
	const height = (isConfiguration ? CONFIGURATION : NODE) + Math.max(0, outputs - 2) * OUTPUT;
	const wide = Math.max(width, LABEL.width);
	return { x: x - (wide - width) / 2, y, width: wide, height: height + LABEL.height };
}

export const overlap = (a: Box, b: Box): boolean =>
	a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

export const contains = (outer: Box, inner: Box): boolean =>
	outer.x <= inner.x &&
	outer.y <= inner.y &&
	inner.x + inner.width <= outer.x + outer.width &&
	inner.y + inner.height <= outer.y + outer.height;

/** Around a note's text, both sides together. */
const NOTE_MARGIN = { x: 26, y: 18 };
/** Pixels of each kind of line: its letters, its height; a block has this much room below it. */
const LINE = {
	'## ': { size: 24, height: 32.4, isBold: true },
	'### ': { size: 16, height: 21.6, isBold: true },
	'': { size: 14, height: 18.9, isBold: false },
};
const BELOW = 8;

/** Widths of the font's letters, in hundredths of its size, rounded up. */
const LETTERS: Record<number, string> = {
	24: '!,.:;Iijl',
	28: " '`",
	32: '()[]ft|',
	36: '/\\r',
	40: '1{}',
	44: '"-^',
	48: '*_sz',
	52: '7akvxy',
	56: '?FJLcehnou',
	60: '#235689Ebdgpq',
	64: '$&+04<=>BKPRSTZ~',
	68: 'AVXY…',
	72: 'DHNU',
	76: 'CGOQw',
	84: 'm',
	88: '%M',
	96: 'W',
	100: '@',
};
const WIDTHS = new Map(
	Object.entries(LETTERS).flatMap(([width, letters]) =>
		[...letters].map((letter): [string, number] => [letter, Number(width) / 100]),
	),
);
const OTHER = 0.8;
const CODE = 0.61;
const BOLD = 1.06;

interface Letter {
	letter: string;
	width: number;
}

/** What a line shows: without its marks, each letter as wide as they make it. */
function lettersOf(line: string, size: number, isBold: boolean): Letter[] {
	let bold = isBold;
	let code = false;
	const shown: Letter[] = [];
	for (const token of line.match(/\*\*|\\.|[^]/gu) ?? []) {
		if (token === '**') bold = !bold;
		else if (token === '`') code = !code;
		else if (token === '*') continue;
		else {
			const letter = token.length > 1 && token.startsWith('\\') ? token.slice(1) : token;
			const width = code ? CODE : (WIDTHS.get(letter) ?? OTHER) * (bold ? BOLD : 1);
			shown.push({ letter, width: width * size });
		}
	}
	return shown;
}

/** How many lines the letters take in that width, broken at blanks as a browser does. */
function linesOf(letters: readonly Letter[], room: number): number {
	let lines = 1;
	let used = 0;
	let word = 0;
	for (const { letter, width } of letters) {
		word += width;
		if (letter !== ' ' && used + word > room) {
			lines += 1;
			// A word longer than a line, such as a URL, is broken within.
			if (word > room) word = width;
			used = 0;
		}
		if (letter === ' ' || letter === '-') {
			used += word;
			word = 0;
		}
	}
	return lines;
}

/** The height of a note that shows all of its text, and no more. */
export function noteHeight(content: string, width: number): number {
	// A little less than there is: kerning and the browser's own rounding are not counted.
	const room = (width - NOTE_MARGIN.x) * 0.97;
	let height = NOTE_MARGIN.y;
	let previous: string | undefined;
	for (const line of content.trim().split('\n')) {
		const mark = (['## ', '### ', ''] as const).find((start) => line.startsWith(start)) ?? '';
		const { size, height: each, isBold } = LINE[mark];
		// A blank line ends a block, and so does a title.
		if (line === '' || (previous !== undefined && previous.startsWith('#'))) height += BELOW;
		if (line !== '')
			height += linesOf(lettersOf(line.slice(mark.length), size, isBold), room) * each;
		previous = line;
	}
	return Math.ceil((height + BELOW) / GRID) * GRID;
}
