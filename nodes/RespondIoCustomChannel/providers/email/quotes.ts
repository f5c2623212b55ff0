import { type Fields, joined, textOf } from '../kit/payload';
import { answeredBy, headerOf, type Mail, plainTextOf } from './mail';

/** What a mail says itself, apart from the mails that it quotes. */

/** The subject, where it begins something, and the words, without what an answer quotes. */
export function wordsOf(mail: Fields<Mail>): string | undefined {
	const text = plainTextOf(mail).replaceAll('\r\n', '\n');
	if (isAnswer(mail)) return textOf(unquoted(text));
	const subject = textOf(mail.subject);
	return joined([subject && `Subject: ${subject}`, text.trim()], '\n\n');
}

/** What programs put before the subject of a mail that they forward, by language. */
const FORWARDED =
	/^\s*(?:fwd?|wg|tr|rv|enc|i|doorst|redir\.|videresend|vs|vb|vl|vá|pd|továbbítás|tovább|redirecționat|перенаправлено|пересл|πρθ|İLT|ilt|trs|cttc|إعادة توجيه|הועבר|转发|轉寄|転送|전달)\s*[:：]/iu;

/** Whether the conversation has what the mail quotes: a forwarded mail is new to it, also within a thread. */
function isAnswer(mail: Fields<Mail>): boolean {
	const thread = answeredBy(mail) ?? headerOf(mail, 'references');
	return thread !== undefined && !FORWARDED.test(textOf(mail.subject)?.normalize('NFC') ?? '');
}

/** Without what is quoted at the end; all of it, where it is nothing but a quote. */
function unquoted(text: string): string {
	const lines = text.trimEnd().split('\n');
	const own = withoutMarked(withoutHeaded(lines));
	return own.join('\n').trim() || text.trim();
}

function isMarked(line: string | undefined): boolean {
	return line !== undefined && /^\s*>/.test(line);
}

function isBlank(line: string | undefined): boolean {
	return line !== undefined && line.trim() === '';
}

/** Without the marked lines at the end, and the line before them that tells who wrote them. */
function withoutMarked(given: readonly string[]): string[] {
	const lines = [...given];
	while (isBlank(lines.at(-1))) lines.pop();
	if (!isMarked(lines.at(-1))) return lines;
	while (isMarked(lines.at(-1)) || isBlank(lines.at(-1))) lines.pop();
	// It tells the year or the address; programs break it where it is long.
	const last = lines.at(-1)?.trimEnd() ?? '';
	if (/[:：]$/.test(last) && /@|\d{4}/.test(last)) {
		lines.pop();
		if (!/\d{4}/.test(last) && /^\S.*\d{4}/.test(lines.at(-1) ?? '')) lines.pop();
	}
	return lines;
}

/**
 * The words of the four lines by which Outlook and others head a mail that they quote without marks: who wrote it, when, to
 * whom and about what; a row for each language.
 */
const HEADS: ReadonlyArray<readonly [string, string, string, string]> = [
	['From', 'Sent|Date', 'To', 'Subject'],
	['Von', 'Gesendet|Datum', 'An', 'Betreff'],
	['De', 'Envoyé|Envoyé le|Date', 'À|A|Pour', 'Objet|Sujet'],
	['De', 'Enviado|Enviado el|Fecha', 'Para', 'Asunto'],
	['De', 'Enviado|Enviado em|Enviada em|Data', 'Para', 'Assunto'],
	['De', 'Enviat|Enviat el|Data', 'Per a|A', 'Assumpte|Tema'],
	['Da', 'Inviato|Data', 'A', 'Oggetto'],
	['Van', 'Verzonden|Datum', 'Aan', 'Onderwerp'],
	['Från', 'Skickat|Datum', 'Till', 'Ämne'],
	['Fra', 'Sendt|Dato', 'Til', 'Emne'],
	['Lähettäjä', 'Lähetetty|Päivämäärä', 'Vastaanottaja', 'Aihe'],
	['Od', 'Wysłano|Wysłane|Data', 'Do', 'Temat'],
	['Od', 'Odesláno|Datum', 'Komu', 'Předmět'],
	['Od', 'Odoslané|Dátum', 'Komu', 'Predmet'],
	['Feladó', 'Elküldve|Dátum', 'Címzett', 'Tárgy'],
	['De la|Expeditorul', 'Trimis|Data|Dată', 'Către|Destinatarul', 'Subiect|Subiectul'],
	['От', 'Отправлено|Дата', 'Кому', 'Тема'],
	['Від', 'Надіслано|Дата', 'Кому', 'Тема'],
	['От', 'Изпратено|Дата', 'До', 'Относно'],
	['Από', 'Στάλθηκε|Εστάλη|Ημερομηνία', 'Προς', 'Θέμα'],
	['Gönderen|Kimden', 'Gönderildi|Gönderme Tarihi|Tarih', 'Kime|Alıcı', 'Konu'],
	['من', 'تاريخ الإرسال|تم الإرسال|التاريخ', 'إلى', 'الموضوع'],
	['מאת', 'נשלח|תאריך', 'אל', 'נושא'],
	['Dari', 'Dikirim|Terkirim|Tanggal', 'Kepada|Ke', 'Subjek|Perihal'],
	['Daripada|Dari', 'Dihantar|Tarikh', 'Kepada', 'Subjek'],
	['Từ', 'Đã gửi|Gửi|Ngày', 'Đến|Tới', 'Chủ đề|Tiêu đề'],
	['จาก', 'ส่ง|วันที่', 'ถึง', 'เรื่อง'],
	['发件人', '发送时间|日期|时间', '收件人', '主题'],
	['寄件者', '寄件日期|傳送時間|日期', '收件者', '主旨'],
	['差出人', '送信日時|日付', '宛先', '件名'],
	['보낸 사람|보낸사람', '보낸 날짜|날짜', '받는 사람|받는사람', '제목'],
];

const LANGUAGES = HEADS.map((row) => row.map((words) => words.toLowerCase().split('|')));
/** Lines in which the four stand: with those of copies and files, and long ones that are folded. */
const LONGEST_HEAD = 16;
/** Above such a head: a rule, or words between dashes. */
const RULE = /^\s*(?:_{5,}|-{5,}|-{2,}[^-]+-{2,})\s*$/;
/** Of Gmail and Thunderbird, and longer than Outlook's, which heads answers too. */
const FORWARD_RULE = /^\s*-{8,}[^-]+-{8,}\s*$/;

/** By what people say that they have answered within the quote; where they mean something else, it is told too much. */
const ANSWERS_WITHIN =
	/(?<!\p{L})(?:below|inline|in[ -]line|in (?:red|blue|green)|unten|in (?:rot|blau|grün)|ci-dessous|plus bas|en (?:rouge|bleu)|(?:más )?abajo|en (?:rojo|azul)|abaixo|em (?:vermelho|azul)|(?:qui )?sotto|in (?:rosso|blu)|hieronder|in (?:rood|blauw)|nedan|nedenfor|poniżej|níže|ниже|нижче|παρακάτω|aşağıda|alább|mai jos)(?!\p{L})|インライン/iu;

/** Without the first mail that is quoted below such a head, and all after it. */
function withoutHeaded(lines: readonly string[]): readonly string[] {
	const words = lines.map(headWordOf);
	const start = words.findIndex((word, index) => {
		const languages = LANGUAGES.filter(([from]) => from.includes(word));
		if (languages.length === 0) return false;
		const block = words.slice(index, index + LONGEST_HEAD);
		return languages.some((rows) => rows.every((row) => row.some((each) => block.includes(each))));
	});
	if (start < 0) return lines;
	const own = lines.slice(0, start);
	while (isBlank(own.at(-1))) own.pop();
	if (FORWARD_RULE.test(own.at(-1) ?? '') || own.some((line) => ANSWERS_WITHIN.test(line))) {
		return lines;
	}
	if (RULE.test(own.at(-1) ?? '')) own.pop();
	return own;
}

/** The word before a line's colon, which may be bold. */
function headWordOf(line: string): string {
	const [, word] =
		/^[\s*]*([^:：*]{1,20})\*?\s?[:：]/.exec(line.slice(0, 40).normalize('NFC')) ?? [];
	return word?.trim().toLowerCase() ?? '';
}
