import { attachmentTypeOf, mimeTypeOf } from '../../channel/mimeTypes';
import type { AttachmentType } from '../../channel/schema';
import { parseUrl } from '../../channel/url';
import {
	attachmentParts,
	locationParts,
	numberedParts,
	type Part,
	referralParts,
	textParts,
} from '../kit/parts';
import {
	type Fields,
	fieldsOf,
	idOf,
	isObject,
	joined,
	listOf,
	lookUp,
	textOf,
	timeOf,
} from '../kit/payload';

/** What a message of Messenger or Instagram contains, as parts. */

interface MetaAttachment {
	type: string;
	title: string;
	url: string;
	payload: unknown;
}

interface MetaPayload {
	url: string;
	title: string;
	subtitle: string;
	text: string;
	image_url: string;
	buttons: unknown;
	coordinates: unknown;
	elements: unknown;
	generic: unknown;
	product: unknown;
	status: string;
	start_time: number;
	end_time: number;
	timezone: string;
}

const FILES: Readonly<Record<string, AttachmentType>> = {
	image: 'image',
	animated_image: 'image',
	sticker: 'image',
	video: 'video',
	reel: 'video',
	ig_reel: 'video',
	audio: 'audio',
	file: 'file',
};

/** What people share, which comes as a link: of a file, or of its page. */
const SHARED: ReadonlySet<string> = new Set([
	'story',
	'story_mention',
	'ig_story',
	'share',
	'post',
	'ig_post',
]);

/** A reel's own page, which is no video. */
const PAGE = /^https:\/\/(www\.)?(facebook|instagram)\.com\//;

/** A post that is shared on Instagram comes twice, as `share` and as `ig_post`, with one link. */
export function attachmentsOf(value: unknown): Part[] {
	const attachments = listOf(value).map((each) => fieldsOf<MetaAttachment>(each));
	const links = attachments.map(({ payload, url }) => fieldsOf<MetaPayload>(payload).url ?? url);
	const different = attachments.filter(
		(_, index) => links[index] === undefined || links.indexOf(links[index]) === index,
	);
	return numberedParts(different.flatMap(readAttachment));
}

function readAttachment(attachment: Fields<MetaAttachment>): Part[] {
	const payload = fieldsOf<MetaPayload>(attachment.payload);
	const type = textOf(attachment.type) ?? 'attachment';
	const url = textOf(payload.url) ?? textOf(attachment.url);
	const title = textOf(payload.title) ?? textOf(attachment.title);
	const label = `[${type.replace(/_/g, ' ')}]`;
	if (url !== undefined && !PAGE.test(url)) {
		const kind = lookUp(FILES, type);
		if (kind !== undefined) return fileParts(kind, url, title);
		const mediaType = SHARED.has(type) ? mediaTypeOf(url) : 'file';
		if (mediaType !== 'file') return fileParts(mediaType, url, joined([label, title]));
	}
	if (payload.coordinates !== undefined) {
		const { lat, long } = fieldsOf<{ lat: number; long: number }>(payload.coordinates);
		const place = locationParts(lat, long, title);
		if (place.length > 0) return place;
	}
	// Shares, mentions, templates, products, appointments: what they say, when and where they are.
	const times = [payload.start_time, payload.end_time].map(
		(time) => time && new Date(timeOf(time, 0)).toISOString(),
	);
	return textParts(
		joined([
			label,
			payload.status,
			...times,
			payload.timezone,
			...wordsOf({ ...payload, title, url }),
		]),
	);
}

/** Voice notes come as MP4, which would be taken for a video. */
function fileParts(type: AttachmentType, url: string, caption: string | undefined): Part[] {
	const isVoice = type === 'audio' && mediaTypeOf(url) !== 'audio';
	const mimeType = isVoice ? 'audio/mp4' : undefined;
	return attachmentParts({ type, source: { url }, mimeType }, caption);
}

/** What the extension in a link tells; `file` where it tells nothing. */
function mediaTypeOf(url: string): AttachmentType {
	const path = parseUrl(url) === undefined ? '' : new URL(url).pathname;
	return attachmentTypeOf(mimeTypeOf(path) ?? '');
}

/** What an attachment says, the cards within it, and their buttons. */
function wordsOf(payload: Fields<MetaPayload>): unknown[] {
	const cards = [payload, payload.generic, payload.product].flatMap((each) =>
		listOf(fieldsOf<MetaPayload>(each).elements),
	);
	return [payload, ...cards]
		.flatMap((card) => [card, ...listOf(fieldsOf<MetaPayload>(card).buttons)])
		.map((each) => {
			const { title, subtitle, text, image_url, url } = fieldsOf<MetaPayload>(each);
			return joined([title, subtitle, text, image_url, url]);
		});
}

/** The story that a message answers. */
export function storyParts(value: unknown): Part[] {
	const { story } = fieldsOf<{ story: unknown }>(value);
	const url = textOf(fieldsOf<{ url: string }>(story).url);
	return textParts(url && `In reply to your story: ${url}`, 'story');
}

interface Referral {
	ref: string;
	product: unknown;
	ads_context_data: unknown;
}

interface Advertisement {
	ad_title: string;
	photo_url: string;
	video_url: string;
	product_id: string;
}

/** The advertisement, the link or the shop's page that the customer came from. */
export function sourceParts(value: unknown): Part[] {
	const { ref, product, ads_context_data } = fieldsOf<Referral>(value);
	const ad = fieldsOf<Advertisement>(ads_context_data);
	const id = idIn(product) ?? idOf(ad.product_id);
	return referralParts([ad.ad_title, ad.photo_url ?? ad.video_url, ref, id && `product ${id}`]);
}

export function idIn(value: unknown): string | undefined {
	return idOf(fieldsOf<{ id: string }>(value).id);
}

interface Feedback {
	feedback_screens: unknown;
	/** Of `response_feedback`: a thumb up or down on one message. */
	feedback: string;
}

interface Answer {
	type: string;
	payload: string;
	follow_up: unknown;
}

/**
 * What a customer answered to a form for feedback, a line each
 * (https://developers.facebook.com/docs/messenger-platform/send-messages/templates/customer-feedback-template).
 */
export function feedbackParts(value: unknown): Part[] {
	const { feedback_screens, feedback } = fieldsOf<Feedback>(value);
	const answers = listOf(feedback_screens).flatMap((screen) => {
		const { questions } = fieldsOf<{ questions: unknown }>(screen);
		return isObject(questions) ? Object.values(questions) : [];
	});
	const lines = answers.flatMap((each) => {
		const { type, payload, follow_up } = fieldsOf<Answer>(each);
		return [joined([type, payload], ': '), fieldsOf<Answer>(follow_up).payload];
	});
	const text = joined([...lines, feedback]);
	return textParts(text && `Feedback: ${text}`);
}
