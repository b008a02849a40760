import { render } from 'preact';
import { language } from './language-in-use.js';
import { Page } from './page.js';
import '../shared/base.css';
import './page.css';
import './side.css';
import './message.css';
import './poll.css';
import './composer.css';

document.documentElement.lang = language;
const root = document.getElementById('page');
if (root !== null) render(<Page />, root);
