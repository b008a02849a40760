/**
 * For the service's Node, wherever it is started: the Dockerfile and deploy/crosstalk.service say the same. What is young takes
 * 108 MB with Node 24 else, and 34 with Node 20, whose measure this is.
 */
export const nodeOptions = ['--max-semi-space-size=16'];
