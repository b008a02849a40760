import { languageOf } from '../shared/language.js';
import { textsIn } from './texts.js';

export const texts = textsIn[languageOf(navigator.language)];
