"""What the 256 codes of G.711 mean, as ffmpeg decodes them and Python's audioop (to 3.12) does: 16-bit values."""
import json, subprocess, sys, warnings

warnings.simplefilter('ignore')
import audioop

OUT = sys.argv[1] if len(sys.argv) > 1 else 'tests/golden/vectors/audio/g711.json'
CODES = bytes(range(256))


def ffmpeg(codec):
    command = ['ffmpeg', '-v', 'error', '-f', codec, '-ar', '8000', '-i', '-', '-f', 's16le', '-']
    raw = subprocess.run(command, input=CODES, capture_output=True, check=True).stdout
    return [int.from_bytes(raw[i:i + 2], 'little', signed=True) for i in range(0, 512, 2)]


def by_audioop(decode):
    raw = decode(CODES, 2)
    return [int.from_bytes(raw[i:i + 2], 'little', signed=True) for i in range(0, 512, 2)]


mulaw, alaw = ffmpeg('mulaw'), ffmpeg('alaw')
assert mulaw == by_audioop(audioop.ulaw2lin)
assert alaw == by_audioop(audioop.alaw2lin)
version = subprocess.run(['ffmpeg', '-version'], capture_output=True, text=True).stdout.split()[2]
vectors = {
    'reference': {'ffmpeg': version, 'audioop': f'Python {sys.version.split()[0]}'},
    'script': 'scripts/g711.py',
    'note': 'Value of code i at index i, of 16-bit full scale.',
    'mulaw': mulaw,
    'alaw': alaw,
}
with open(OUT, 'w') as file:
    json.dump(vectors, file)
    file.write('\n')
