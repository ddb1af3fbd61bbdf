import { FakeBackend, fakeGraphFile } from './fake-backend.js';
import { fakeTestGraphs } from './fake-graphs.js';
import { describeBackend } from './describe-backend.js';

describeBackend('fake', {
  create: () => Promise.resolve(new FakeBackend(fakeTestGraphs)),
  graph: (name) => fakeGraphFile(name),
  defaultProvider: 'cpu',
  missingProvider: 'dml',
  liveTensors: (backend) => (backend as FakeBackend).liveTensors,
});
