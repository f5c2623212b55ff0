import { withoutEntities } from './entities';

/** Elements that begin a line, and those with a blank line around them. */
const LINES = new Set('address article dd div dt footer header li section tr'.split(' '));
const PARAGRAPHS = new Set('blockquote dl h1 h2 h3 h4 h5 h6 hr ol p pre table ul'.split(' '));
const CELLS = new Set(['td', 'th']);
/** Elements whose text nobody is shown, and which hold no others. */
const HIDDEN = new Set(['script', 'style', 'title']);

const TAG = /<(\/?)([a-z][a-z\d]*)\b[^<>]*>/iy;
/** `<!DOCTYPE …>`, `<![if !mso]>`, `<?xml …>`, and names of Word's own as in `<o:p>`. */
const OTHER_TAG = /<\/?[a-z!?][^<>]*>/iy;
const LINK = /\shref\s*=\s*["']?(https?:[^"'\s>]+)/i;
/** How mail programs mark what they quote; others indent with the same element. */
const QUOTE = /(?:type|class)\s*=\s*["']?[^"'>]{0,99}(?:cite|quote)/i;
/** Signs without a width, by which newsletters fill the preview. */
const FILLERS = /^(?:\s|\u00ad|\u034f|[\u200b-\u200f\u2060])*$/;

/**
 * The words of a mail in HTML, with the addresses of its links. What it quotes has the marks that it has in a plain text.
 * It takes time that grows with the length alone.
 */
export function htmlAsText(html: string): string {
	const lines: string[] = [];
	let words: string[] = [];
	let link: string | undefined;
	let quotes = 0;
	const hasWords = () => words.some((each) => each.trim() !== '');
	const endLine = () => {
		const line = words.join('').replace(/ {2,}/g, ' ').trim();
		const shown = FILLERS.test(line) ? '' : line;
		lines.push(quotes > 0 ? `> ${shown}` : shown);
		words = [];
	};
	for (const { tag, isEnd, text } of tokensOf(html)) {
		if (LINES.has(tag) || PARAGRAPHS.has(tag)) {
			if (hasWords()) endLine();
			words = [];
			if (PARAGRAPHS.has(tag)) endLine();
		}
		if (tag === '') words.push(withoutEntities(text.replace(/\s+/g, ' ')));
		else if (tag === 'br') endLine();
		else if (CELLS.has(tag)) words.push(' ');
		else if (tag === 'blockquote' && isEnd) quotes = Math.max(quotes - 1, 0);
		else if (tag === 'blockquote' && (quotes > 0 || QUOTE.test(text))) quotes += 1;
		else if (tag === 'a') {
			// What shows its own address need not be told it.
			if (isEnd && link !== undefined && words.at(-1)?.trim() !== link) words.push(` (${link})`);
			const address = isEnd ? undefined : LINK.exec(text)?.[1];
			link = address && withoutEntities(address);
		}
	}
	endLine();
	return lines
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
}

interface Token {
	/** The element's name, in lower case; empty where it is text. */
	tag: string;
	isEnd: boolean;
	/** As it stands. */
	text: string;
}

/** Texts and tags, without comments (https://html.spec.whatwg.org/#comment-start-state) and what is hidden. */
function* tokensOf(html: string): Generator<Token> {
	let position = 0;
	while (position < html.length) {
		if (html.startsWith('<!--', position)) {
			// `<!-->` is a whole comment.
			const end = html.indexOf('-->', position + 2);
			position = end < 0 ? html.length : end + 3;
			continue;
		}
		const [text, end, name] =
			matchAt(TAG, html, position) ?? matchAt(OTHER_TAG, html, position) ?? [];
		if (text === undefined) {
			const next = html.indexOf('<', position + 1);
			const until = next < 0 ? html.length : next;
			yield { tag: '', isEnd: false, text: html.slice(position, until) };
			position = until;
			continue;
		}
		position += text.length;
		const tag = name?.toLowerCase() ?? 'other';
		if (!HIDDEN.has(tag)) yield { tag, isEnd: end !== '', text };
		else if (end === '') {
			const rest = matchAt(new RegExp(`</${tag}\\b`, 'gi'), html, position);
			position = rest?.index ?? html.length;
		}
	}
}

function matchAt(pattern: RegExp, text: string, position: number) {
	pattern.lastIndex = position;
	return pattern.exec(text);
}
