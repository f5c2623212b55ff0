import { codePointLength, LIMITS } from './limits';
import type { AttachmentType } from './schema';

/** The file types that messengers use: MIME type to extension. The first of several types with one extension names it. */
const EXTENSIONS: Readonly<Record<string, string>> = {
	'image/jpeg': 'jpg',
	'image/png': 'png',
	'image/gif': 'gif',
	'image/webp': 'webp',
	'image/heic': 'heic',
	'image/heif': 'heif',
	'image/avif': 'avif',
	'image/bmp': 'bmp',
	'image/tiff': 'tiff',
	'image/svg+xml': 'svg',
	'video/mp4': 'mp4',
	'video/quicktime': 'mov',
	'video/3gpp': '3gp',
	'video/webm': 'webm',
	'video/x-matroska': 'mkv',
	'video/x-msvideo': 'avi',
	'video/mpeg': 'mpeg',
	'audio/mpeg': 'mp3',
	'audio/ogg': 'ogg',
	'audio/opus': 'opus',
	'audio/aac': 'aac',
	'audio/mp4': 'm4a',
	'audio/x-m4a': 'm4a',
	'audio/amr': 'amr',
	'audio/wav': 'wav',
	'audio/x-wav': 'wav',
	'audio/flac': 'flac',
	'audio/webm': 'weba',
	'application/pdf': 'pdf',
	'application/zip': 'zip',
	'application/x-7z-compressed': '7z',
	'application/vnd.rar': 'rar',
	'application/gzip': 'gz',
	'application/msword': 'doc',
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
	'application/vnd.ms-excel': 'xls',
	'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
	'application/vnd.ms-powerpoint': 'ppt',
	'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
	'application/vnd.oasis.opendocument.text': 'odt',
	'application/json': 'json',
	'application/xml': 'xml',
	'application/rtf': 'rtf',
	'text/plain': 'txt',
	'text/csv': 'csv',
	'text/html': 'html',
	'text/calendar': 'ics',
	'text/vcard': 'vcf',
	'application/octet-stream': 'bin',
};

/** The type without parameters, in lower case: "audio/ogg; codecs=opus" is audio/ogg. */
export function essence(mimeType: string): string {
	return mimeType.split(';', 1)[0].trim().toLowerCase();
}

export function extensionOf(mimeType: string): string | undefined {
	const type = essence(mimeType);
	// A sender may write any word as the type, names of Object's own properties too.
	return Object.hasOwn(EXTENSIONS, type) ? EXTENSIONS[type] : undefined;
}

export function mimeTypeOf(fileName: string): string | undefined {
	const extension = /\.([^./\\]+)$/.exec(fileName)?.[1].toLowerCase();
	if (extension === 'jpeg') return 'image/jpeg';
	if (extension === 'tif') return 'image/tiff';
	return Object.keys(EXTENSIONS).find((mimeType) => EXTENSIONS[mimeType] === extension);
}

/** How respond.io shows a file of this type. */
export function attachmentTypeOf(mimeType: string): AttachmentType {
	const [kind, subtype] = essence(mimeType).split('/');
	// Browsers, and so agents, see no picture in these.
	if (kind === 'image') return subtype === 'svg+xml' || subtype === 'tiff' ? 'file' : 'image';
	return kind === 'video' || kind === 'audio' ? kind : 'file';
}

const LONGEST_EXTENSION = 10;

/**
 * A file name with an extension, as respond.io demands one: its own, else that of the MIME type, else `.bin`; shortened
 * to the limit with the extension kept, and rid of path separators and control characters.
 */
export function withExtension(fileName: string, mimeType?: string): string {
	const clean = fileName.replace(/[/\\\p{Cc}]+/gu, '_').trim();
	// Digits alone are the end of a number: "Report 1.2" has no extension.
	const own = /[^.]\.([0-9]*[A-Za-z][A-Za-z0-9]*)$/.exec(clean)?.[1];
	const extension =
		own !== undefined && own.length <= LONGEST_EXTENSION
			? own
			: (extensionOf(mimeType ?? '') ?? 'bin');
	const stem = extension === own ? clean.slice(0, -(own.length + 1)) : clean;
	const room = LIMITS.fileName - extension.length - 1;
	const short = codePointLength(stem) > room ? Array.from(stem).slice(0, room).join('') : stem;
	return `${withoutDots(short) || 'file'}.${extension}`;
}

/** Without the dots at its end. */
function withoutDots(text: string): string {
	let end = text.length;
	while (text[end - 1] === '.') end--;
	return text.slice(0, end);
}
