/** The characters that HTML names: all of HTML 4 (https://www.w3.org/TR/html4/sgml/entities.html), and ASCII by HTML 5. */

/** In the order of the character set, from U+00A0. */
const LATIN_1 =
	'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro ' +
	'para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil ' +
	'Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave ' +
	'Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml ' +
	'igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute ' +
	'thorn yuml';

/** Each after its sign. */
const OTHERS =
	'"quot &amp \'apos <lt >gt !excl #num $dollar %percnt (lpar )rpar *ast +plus ,comma .period /sol :colon ;semi =equals ' +
	'?quest @commat [lsqb \\bsol ]rsqb ^Hat _lowbar `grave {lcub |verbar }rcub ' +
	'ŒOElig œoelig ŠScaron šscaron ŸYuml ƒfnof ˆcirc ˜tilde ' +
	'ΑAlpha ΒBeta ΓGamma ΔDelta ΕEpsilon ΖZeta ΗEta ΘTheta ΙIota ΚKappa ΛLambda ΜMu ΝNu ΞXi ΟOmicron ΠPi ΡRho ΣSigma ' +
	'ΤTau ΥUpsilon ΦPhi ΧChi ΨPsi ΩOmega αalpha βbeta γgamma δdelta εepsilon ζzeta ηeta θtheta ιiota κkappa λlambda ' +
	'μmu νnu ξxi οomicron πpi ρrho ςsigmaf σsigma τtau υupsilon φphi χchi ψpsi ωomega ϑthetasym ϒupsih ϖpiv ' +
	'–ndash —mdash ‘lsquo ’rsquo ‚sbquo “ldquo ”rdquo „bdquo †dagger ‡Dagger •bull …hellip ‰permil ′prime ″Prime ' +
	'‹lsaquo ›rsaquo ‾oline ⁄frasl €euro ℑimage ℘weierp ℜreal ™trade ℵalefsym ←larr ↑uarr →rarr ↓darr ↔harr ↵crarr ' +
	'⇐lArr ⇑uArr ⇒rArr ⇓dArr ⇔hArr ∀forall ∂part ∃exist ∅empty ∇nabla ∈isin ∉notin ∋ni ∏prod ∑sum −minus ∗lowast ' +
	'√radic ∝prop ∞infin ∠ang ∧and ∨or ∩cap ∪cup ∫int ∴there4 ∼sim ≅cong ≈asymp ≠ne ≡equiv ≤le ≥ge ⊂sub ⊃sup ⊄nsub ' +
	'⊆sube ⊇supe ⊕oplus ⊗otimes ⊥perp ⋅sdot ⌈lceil ⌉rceil ⌊lfloor ⌋rfloor ⟨lang ⟩rang ◊loz ♠spades ♣clubs ♥hearts ' +
	'♦diams ✓check';

/** What nothing shows. */
const SPACES: ReadonlyArray<[string, string]> = [
	['nbsp', ' '],
	['ensp', '\u2002'],
	['emsp', '\u2003'],
	['thinsp', '\u2009'],
	['zwnj', '\u200c'],
	['zwj', '\u200d'],
	['lrm', '\u200e'],
	['rlm', '\u200f'],
	['Tab', ' '],
	['NewLine', ' '],
];

const NAMED: ReadonlyMap<string, string> = new Map([
	...LATIN_1.split(' ').map((name, index): [string, string] => [
		name,
		String.fromCodePoint(0xa0 + index),
	]),
	...OTHERS.split(' ').map((each): [string, string] => [each.slice(1), each.slice(0, 1)]),
	...SPACES,
]);

/** What browsers show for the numbers from 128, which are those of Windows-1252 (https://html.spec.whatwg.org/#numeric-character-reference-end-state). */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** The text with the characters that `&eacute;`, `&#233;` and `&#xe9;` stand for; what stands for none stays. */
export function withoutEntities(text: string): string {
	return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,9}));/gi, (all, tens, hex, name) => {
		if (name !== undefined) return NAMED.get(String(name)) ?? String(all);
		const point = parseInt(String(tens ?? hex), tens === undefined ? 16 : 10);
		if (point === 0 || point > 0x10ffff) return String(all);
		return WINDOWS_1252[point - 0x80] ?? String.fromCodePoint(point);
	});
}
