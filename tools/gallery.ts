import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { OWNER, startN8n } from './n8n';
import { packPackage } from './pack';
import { command, progressLines, root, Trouble } from './run';
import { readTemplate } from './templates';

/** Draws the canvas of each template, as the editor shows it after the import, into docs/images. */
const gallery = async () => {
	const report = progressLines();
	const names = (await readdir(path.join(root, 'templates'))).map((file) =>
		path.basename(file, '.json'),
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
		const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
		await page.goto(`${n8n.url}/signin`);
		await page.fill('input[name="emailOrLdapLoginId"]', OWNER.email);
		await page.fill('input[name="password"]', OWNER.password);
		await page.click('button:has-text("Sign in")');
		await page.waitForURL(/\/(home|workflow|projects)/);
		for (const name of names) {
			report(`Drawing ${name}`);
			await page.goto(`${n8n.url}/workflow/${name}`);
			await page.waitForSelector('.vue-flow__node');
			// Zooms to all of it, and folds what covers it.
			await page.keyboard.press('1');
			await page.waitForTimeout(1500);
			const canvas = page.locator('.vue-flow').first();
			await canvas.screenshot({ path: path.join(folder, `${name}.png`) });
		}
	} finally {
		await browser.close();
		await n8n.stop();
	}
};

if (require.main === module) command(gallery);
