import { serve } from '@org/asr-web/worker';

serve();
