import { converter } from '../../../nodes/RespondIoCustomChannel/providers/email/converter';
import { NOW } from './support';

/** What holds of mails alone, besides the cases of test/providers/email. */

const ANSWER = {
	from: { text: 'Kim <kim@example.com>' },
	to: { text: 'shop@example.org' },
	date: '2026-01-31T09:30:00.000Z',
	headers: {},
	messageId: '<a1@mail.example.com>',
	inReplyTo: '<ours1@shop.example>',
};

const said = (mail: object) =>
	converter
		.incoming({ ...ANSWER, ...mail }, { now: NOW })
		.events.map((event) =>
			'message' in event && 'text' in event.message ? event.message.text : '',
		);

describe('an answer of Outlook, which quotes without marks', () => {
	it.each([
		['English', 'From', 'Sent', 'To', 'Subject'],
		['English, of a phone', 'From', 'Date', 'To', 'Subject'],
		['German', 'Von', 'Gesendet', 'An', 'Betreff'],
		['French', 'De ', 'Envoyé ', 'À ', 'Objet '],
		['Spanish', 'De', 'Enviado el', 'Para', 'Asunto'],
		['Portuguese of Brazil', 'De', 'Enviada em', 'Para', 'Assunto'],
		['Catalan', 'De', 'Enviat el', 'Per a', 'Assumpte'],
		['Italian', 'Da', 'Inviato', 'A', 'Oggetto'],
		['Dutch', 'Van', 'Verzonden', 'Aan', 'Onderwerp'],
		['Swedish', 'Från', 'Skickat', 'Till', 'Ämne'],
		['Danish', 'Fra', 'Sendt', 'Til', 'Emne'],
		['Finnish', 'Lähettäjä', 'Lähetetty', 'Vastaanottaja', 'Aihe'],
		['Polish', 'Od', 'Wysłano', 'Do', 'Temat'],
		['Czech', 'Od', 'Odesláno', 'Komu', 'Předmět'],
		['Slovak', 'Od', 'Odoslané', 'Komu', 'Predmet'],
		['Hungarian', 'Feladó', 'Elküldve', 'Címzett', 'Tárgy'],
		['Romanian', 'De la', 'Trimis', 'Către', 'Subiect'],
		['Russian', 'От', 'Отправлено', 'Кому', 'Тема'],
		['Ukrainian', 'Від', 'Надіслано', 'Кому', 'Тема'],
		['Bulgarian', 'От', 'Изпратено', 'До', 'Относно'],
		['Greek', 'Από', 'Στάλθηκε', 'Προς', 'Θέμα'],
		['Turkish', 'Gönderen', 'Gönderildi', 'Kime', 'Konu'],
		['Arabic', 'من', 'تاريخ الإرسال', 'إلى', 'الموضوع'],
		['Hebrew', 'מאת', 'נשלח', 'אל', 'נושא'],
		['Indonesian', 'Dari', 'Dikirim', 'Kepada', 'Subjek'],
		['Malay', 'Daripada', 'Dihantar', 'Kepada', 'Subjek'],
		['Vietnamese', 'Từ', 'Đã gửi', 'Đến', 'Chủ đề'],
		['Thai', 'จาก', 'ส่ง', 'ถึง', 'เรื่อง'],
		['Chinese', '发件人', '发送时间', '收件人', '主题'],
		['Chinese of Taiwan', '寄件者', '寄件日期', '收件者', '主旨'],
		['Japanese', '差出人', '送信日時', '宛先', '件名'],
		['Korean', '보낸 사람', '보낸 날짜', '받는 사람', '제목'],
	])('in %s: its own words alone', (_, from, sent, to, subject) => {
		const head = `${from}: Shop\n${sent}: 30 Jan 2026\n${to}: Kim\n${subject}: Blue one`;
		const text = `Two, please.\n\n${head}\n\nTwo or three?`;
		expect(said({ text })).toEqual(['Two, please.']);
		expect(said({ text: text.normalize('NFD') })).toEqual(['Two, please.']);
		expect(said({ text: text.replaceAll(': ', '：') })).toEqual(['Two, please.']);
	});

	it('with words of two languages is none', () => {
		const text = 'Two, please.\n\nFrom: Shop\nGesendet: heute\nAn: Kim\nSubject: Blue one\n\nTwo?';
		expect(said({ text })).toEqual([text]);
	});
});

it.each([
	'Fwd',
	'FW',
	'WG',
	'TR',
	'RV',
	'ENC',
	'I',
	'VS',
	'VB',
	'VL',
	'PD',
	'İLT',
	'ΠΡΘ',
	'转发',
	'轉寄',
])('a mail with the subject %s: is told whole', (prefix) => {
	const text = 'See below.\n\n> Parcel 12 is at the depot.';
	const subject = `${prefix}: Parcel 12`;
	expect(said({ subject, text })).toEqual([`Subject: ${subject}\n\n${text}`]);
	expect(said({ subject: `Re: ${subject}`, text })).toEqual(['See below.']);
});

describe('HTML', () => {
	/** https://www.w3.org/TR/html4/sgml/entities.html: some of each of its three parts, and their ends. */
	it.each([
		['&nbsp;|&iexcl;|&copy;|&szlig;|&yuml;', ' |¡|©|ß|ÿ'],
		['&Agrave;|&agrave;|&ETH;|&eth;|&THORN;|&thorn;|&times;|&divide;', 'À|à|Ð|ð|Þ|þ|×|÷'],
		['&fnof;|&Alpha;|&Omega;|&alpha;|&sigmaf;|&omega;|&piv;|&diams;', 'ƒ|Α|Ω|α|ς|ω|ϖ|♦'],
		['&quot;|&amp;|&lt;|&gt;|&OElig;|&euro;|&rsaquo;|&hellip;', '"|&|<|>|Œ|€|›|…'],
		['&#233;|&#xE9;|&#128512;|&#0;|&#1114112;|&#150;', 'é|é|😀|&#0;|&#1114112;|–'],
		['&constructor;|&eacute|&e acute;|& amp;', '&constructor;|&eacute|&e acute;|& amp;'],
	])('with %s', (html, text) => {
		expect(said({ html: `x${html}x` })).toEqual([`x${text}x`]);
	});

	it.each([
		['tags without an end', '<a '.repeat(200_000)],
		['a tag with a long name', `<${'a'.repeat(400_000)}`],
		['entities without an end', '&#'.repeat(200_000)],
		['open styles', '<style>'.repeat(50_000)],
		['open comments', '<!--'.repeat(100_000)],
		['quotes of quotes', '<blockquote type="cite">'.repeat(20_000)],
		['a quote with a long class', `<blockquote ${'class='.repeat(60_000)}>`],
		['blanks in elements', '<div> '.repeat(60_000)],
		['links', '<a href="https://a.example">a</a>'.repeat(10_000)],
	])('%s: read in time that grows with their length alone', (_, html) => {
		growsWithLengthAlone((length) => said({ html: `Hi ${html.slice(0, length)}` }));
	});
});

it.each([
	['quotes', '\n>'.repeat(200_000)],
	['blank lines', '\n'.repeat(300_000)],
	['blanks', `\n${' '.repeat(300_000)}x`],
	['heads', 'From: a\n'.repeat(50_000)],
	['dashes', `${'-'.repeat(300_000)}x\nFrom: a\nSent: b\nTo: c\nSubject: d`],
	['recipients', 'Final-Recipient: \n'.repeat(20_000)],
])('%s: read in time that grows with their length alone', (_, text) => {
	growsWithLengthAlone((length) => said({ text: `Hi${text.slice(0, length)}` }));
});

/** Processor's time: the clock says how busy the machine is. What grows with the square takes a hundred times as long. */
function growsWithLengthAlone(read: (length: number) => unknown) {
	const millisecondsOf = (length: number) => {
		const before = process.cpuUsage();
		read(length);
		const { user, system } = process.cpuUsage(before);
		return (user + system) / 1000;
	};
	millisecondsOf(1000);
	expect(millisecondsOf(300_000)).toBeLessThan(40 * millisecondsOf(30_000) + 2000);
}

it('two mails that nothing tells apart are two', () => {
	const idsAt = (now: number) =>
		converter
			.incoming({ from: { text: 'pump@example.com' }, text: 'Water level high' }, { now })
			.events.map(({ messageId }) => messageId);
	expect(idsAt(NOW)).not.toEqual(idsAt(NOW + 1));
});
