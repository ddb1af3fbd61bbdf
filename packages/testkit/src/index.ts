export { describeBackend } from './describe-backend.js';
export { backendConformance } from './conformance/backend-conformance.js';
export type { BackendTarget, ConformanceCase } from './conformance/target.js';
export { FakeBackend, fakeGraphFile } from './fake-backend.js';
export type { FakeBackendOptions, FakeGraph, FakeOutput } from './fake-backend.js';
export { fakeTestGraphs } from './fake-graphs.js';
export { EXTERNAL_DATA, externalDataFile, memoryFile, onnxGraph } from './graphs.js';
export type { TestGraph } from './graphs.js';
export { hasTestData, repositoryFile, testData } from './test-data.js';
