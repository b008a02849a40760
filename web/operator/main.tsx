import { render } from 'preact';
import '../shared/base.css';
import { App } from './app.js';
import './operator.css';
import { texts } from './texts-in-use.js';

document.documentElement.lang = texts.language;
document.title = `Crosstalk · ${texts.title}`;
const root = document.getElementById('page');
if (root !== null) render(<App />, root);
