import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { TEMPLATES } from '../templates/builder';
import { OWNER, startN8n } from './n8n';
import { packPackage } from './pack';
import { command, progressLines, root, Trouble } from './run';
import { readTemplate } from './templates';

/** Leaves the canvas alone: no menus, panels and buttons of the editor. */
const CANVAS_ALONE = `
	*:not(html, body, .vue-flow__viewport, .vue-flow__viewport *) { visibility: hidden !important; }
	.vue-flow__viewport { visibility: visible; }
	html, body { background: #fff !important; }
`;
/** Pixels around what stands on the canvas. */
const MARGIN = 12;

/** Where the notes and steps are on the page. */
const extentOf = async (page: Page) => {
	const boxes = await page.locator('.vue-flow__node').evaluateAll((nodes) =>
		nodes.map(
			(node) =>
				node.getBoundingClientRect().toJSON() as {
					x: number;
					y: number;
					width: number;
					height: number;
				},
		),
	);
	const left = Math.min(...boxes.map(({ x }) => x)) - MARGIN;
	const top = Math.min(...boxes.map(({ y }) => y)) - MARGIN;
	return {
		x: left,
		y: top,
		width: Math.max(...boxes.map(({ x, width }) => x + width)) + MARGIN - left,
		height: Math.max(...boxes.map(({ y, height }) => y + height)) + MARGIN - top,
	};
};

/**
 * Draws the canvas of each template, as the editor shows it after the import, into docs/images.
 * @param only Of these templates; of all where none is named.
 */
const gallery = async (only: string[]) => {
	const report = progressLines();
	const names = TEMPLATES.map(({ file }) => file).filter(
		(name) => only.length === 0 || only.includes(name),
	);
	report('Building and packing');
	const tarball = await packPackage();
	const workflows = await Promise.all(
		names.map(async (name) => ({ ...(await readTemplate(name)), id: name })),
	);
	const n8n = await startN8n({ tarball, workflows, publish: [], report });
	const folder = path.join(root, 'docs', 'images');
	await mkdir(folder, { recursive: true });
	const browser = await chromium
		.launch({
			executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
			args: ['--no-sandbox', '--disable-background-networking'],
		})
		.catch((error: unknown) => {
			throw new Trouble(
				`The browser did not start. Name it with CHROMIUM=<path>.\n${String(error)}`,
			);
		});
	try {
		const page = await browser.newPage({ viewport: { width: 1800, height: 1400 } });
		await page.goto(`${n8n.url}/signin`);
		await page.fill('input[name="emailOrLdapLoginId"]', OWNER.email);
		await page.fill('input[name="password"]', OWNER.password);
		await page.click('button:has-text("Sign in")');
		await page.waitForURL(/\/(home|workflow|projects)/);
		for (const name of names) {
			report(`Drawing ${name}`);
			await page.goto(`${n8n.url}/workflow/${name}`);
			await page.waitForSelector('.vue-flow__node');
			// Zooms to all of it.
			await page.keyboard.press('1');
			await page.waitForTimeout(1500);
			await page.addStyleTag({ content: CANVAS_ALONE });
			await page.screenshot({
				path: path.join(folder, `${name}.png`),
				clip: await extentOf(page),
			});
		}
	} finally {
		await browser.close();
		await n8n.stop();
	}
};

if (require.main === module) command(async () => await gallery(process.argv.slice(2)));
