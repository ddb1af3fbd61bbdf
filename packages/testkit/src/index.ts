export { hasTestData, repositoryFile, testData } from './test-data.js';
