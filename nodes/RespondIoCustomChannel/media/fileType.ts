import { essence } from '../channel/mimeTypes';

/** How many bytes of a file's beginning decide its type. */
export const HEAD_BYTES = 4096;

const OLE = 'application/x-ole-storage';

/**
 * How the files that messengers carry begin, bytes read as Latin-1; the first that matches decides. Tight enough that
 * no readable text is taken for a binary type.
 */
const SIGNATURES: ReadonlyArray<readonly [RegExp, string]> = [
	[/^\xff\xd8\xff/, 'image/jpeg'],
	[/^\x89PNG\r\n\x1a\n/, 'image/png'],
	[/^GIF8[79]a/, 'image/gif'],
	[/^RIFF.{4}WEBP/s, 'image/webp'],
	[/^RIFF.{4}WAVE/s, 'audio/wav'],
	[/^RIFF.{4}AVI /s, 'video/x-msvideo'],
	[/^BM.{4}\0{4}/s, 'image/bmp'],
	[/^(II\*\0|MM\0\*)/, 'image/tiff'],
	// ISO base media (ISO/IEC 14496-12): the brand says what is in it.
	[/^.{4}ftyp(hei[cxms]|hev[cxms])/s, 'image/heic'],
	[/^.{4}ftypavi[fs]/s, 'image/avif'],
	[/^.{4}ftypmi[fa]1.{4}(.{4}){0,8}avif/s, 'image/avif'],
	[/^.{4}ftypmi[fa]1.{4}(.{4}){0,8}heic/s, 'image/heic'],
	[/^.{4}ftyp(mif1|msf1)/s, 'image/heif'],
	[/^.{4}ftypqt /s, 'video/quicktime'],
	[/^.{4}ftyp3g/s, 'video/3gpp'],
	[/^.{4}ftyp(M4A|M4B|M4P|F4A) /s, 'audio/mp4'],
	[/^.{4}ftyp/s, 'video/mp4'],
	[/^\0.{3}(moov|mdat|wide|free|skip)/s, 'video/quicktime'],
	// Matroska (RFC 9559): without a video track's codec, a recording of sound.
	[/^\x1aE\xdf\xa3.{0,64}?webm(?!.*V_(VP|AV)).*A_(OPUS|VORBIS)/s, 'audio/webm'],
	[/^\x1aE\xdf\xa3.{0,64}?webm/s, 'video/webm'],
	[/^\x1aE\xdf\xa3.{0,64}?matroska/s, 'video/x-matroska'],
	[/^OggS\0/, 'audio/ogg'],
	[/^fLaC[\0\x80]/, 'audio/flac'],
	[/^#!AMR(-WB)?\n/, 'audio/amr'],
	[/^ID3[\x02-\x04]/, 'audio/mpeg'],
	// Frame headers (ISO/IEC 11172-3, layer III; 13818-7, ADTS): these have no bytes of their own to be known by.
	[/^\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xeb]/, 'audio/mpeg'],
	[/^\xff[\xf0\xf1\xf8\xf9]/, 'audio/aac'],
	[/^(\xef\xbb\xbf)?\s*%PDF-/, 'application/pdf'],
	officeOpenXml('word', 'wordprocessingml.document'),
	officeOpenXml('xl', 'spreadsheetml.sheet'),
	officeOpenXml('ppt', 'presentationml.presentation'),
	[
		/^PK\x03\x04.{26}mimetypeapplication\/vnd\.oasis\.opendocument\.textPK/s,
		'application/vnd.oasis.opendocument.text',
	],
	[/^PK(\x03\x04|\x05\x06)/, 'application/zip'],
	[/^Rar!\x1a\x07/, 'application/vnd.rar'],
	[/^7z\xbc\xaf\x27\x1c/, 'application/x-7z-compressed'],
	[/^\x1f\x8b\x08/, 'application/gzip'],
	[/^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/, OLE],
	[/^\{\\rtf\d/, 'application/rtf'],
	[/^BEGIN:VCARD\r?\n/i, 'text/vcard'],
	[/^BEGIN:VCALENDAR\r?\n/i, 'text/calendar'],
	// Mostly the error page of a provider whose link has expired.
	[/^(\xef\xbb\xbf)?\s*<(!doctype\s+html|html)[\s>]/i, 'text/html'],
	[
		/^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--[^>]*>\s*)?(<!doctype svg[^>]*>\s*)?<svg[\s>]/i,
		'image/svg+xml',
	],
	[/^(\xef\xbb\xbf)?\s*<\?xml\s/, 'application/xml'],
];

/** A zip file with a part that all of Office's formats have, and one in the format's own folder. */
function officeOpenXml(folder: string, name: string): readonly [RegExp, string] {
	const pattern = `^PK\\x03\\x04(?=.*(\\[Content_Types\\]\\.xml|_rels/)).*PK\\x03\\x04.{26}${folder}/`;
	return [new RegExp(pattern, 's'), `application/vnd.openxmlformats-officedocument.${name}`];
}

/**
 * What a type known from the content may also be: the same container with something more special in it, which only the
 * one who made it knows.
 */
const MAY_ALSO_BE: Readonly<Record<string, RegExp>> = {
	'video/mp4': /^(audio\/(mp4|x-m4a|m4a|aac)|video\/(x-m4v|quicktime|3gpp2?))$/,
	'video/3gpp': /^(audio\/(3gpp2?|amr|mp4)|video\/(3gpp2|mp4))$/,
	'video/quicktime': /^(video|audio)\/mp4$/,
	'video/webm': /^audio\/webm$/,
	'audio/mp4': /^audio\/(x-m4a|m4a|aac)$/,
	'audio/ogg': /^video\/ogg$/,
	'image/heif': /^image\/hei[cf](-sequence)?$/,
	'application/zip': /^application\/(vnd\.(?!rar$)|epub\+zip$|java-archive$)/,
	'application/gzip': /^application\/(x-)?(tgz|gtar|tar|gtar-compressed)$/,
	[OLE]: /^application\/(msword|vnd\.(ms-|visio))/,
	'application/xml': /[+/]xml$/,
	'text/html': /^application\/xhtml\+xml$/,
};

/** Types by which programs say that they don't know. */
const UNKNOWN = /^$|^(application|binary)\/(octet-stream|unknown|x-download|force-download)$/;

/** The MIME type that the first bytes of a file prove; undefined where they prove none. Reads `HEAD_BYTES` at most. */
export function detectFileType(head: Uint8Array): string | undefined {
	const text = Buffer.from(head.subarray(0, HEAD_BYTES)).toString('latin1');
	return SIGNATURES.find(([pattern]) => pattern.test(text))?.[1];
}

/**
 * The MIME type of a file: what its content proves, unless the given type is a more special form of that; the given one
 * where the content proves nothing; `application/octet-stream` where neither is known.
 * @param head The file's beginning.
 * @param given The provider's word, with or without parameters.
 */
export function fileTypeOf(head: Uint8Array, given = ''): string {
	const detected = detectFileType(head);
	const claimed = essence(given);
	if (detected === undefined) return UNKNOWN.test(claimed) ? 'application/octet-stream' : given;
	return claimed === detected || MAY_ALSO_BE[detected]?.test(claimed) === true ? given : detected;
}
