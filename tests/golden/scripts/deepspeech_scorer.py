"""A DeepSpeech scorer package and what Mozilla's own decoder makes of it.

    python deepspeech_scorer.py package   with ds_ctcdecoder 0.7.4 (Python 3.8), the last that packs scorers from Python
    python deepspeech_scorer.py decode    with ds_ctcdecoder 0.9.3 (Python 3.9), the decoder of the last DeepSpeech

Run from the repository root. `package` writes vectors/kenlm/small4.scorer from small4.trie_q8b8a64.bin, whose words it cuts
off as `build_binary -v` does; `decode` writes vectors/ctc/deepspeech_scorer.json: the best texts of the character
utterances of pyctcdecode.json by `ctc_beam_search_decoder` with and without the scorer.
"""
import json
import math
import pathlib
import sys
import tempfile

VECTORS = pathlib.Path("tests/golden/vectors")
PACKAGE = VECTORS / "kenlm/small4.scorer"
ALPHABET = [" "] + [chr(97 + i) for i in range(26)] + ["'"]
ALPHA, BETA, BEAM = 0.75, 1.85, 2000


def alphabet_file():
    file = tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False)
    file.write("\n".join(ALPHABET) + "\n")
    file.close()
    return file.name


def package():
    from ds_ctcdecoder import Alphabet, Scorer

    binary = bytearray((VECTORS / "kenlm/small4.trie_q8b8a64.bin").read_bytes())
    binary = binary[: binary.rindex(b"<unk>\0")]
    binary[100] = 0  # has_vocabulary
    PACKAGE.write_bytes(binary)
    alphabet = Alphabet()
    alphabet.init(alphabet_file().encode())
    scorer = Scorer()
    scorer.set_alphabet(alphabet)
    scorer.set_utf8_mode(False)
    scorer.reset_params(ALPHA, BETA)
    scorer.load_lm(str(PACKAGE))
    words = json.loads((VECTORS / "ctc/pyctcdecode.json").read_text())["unigrams"]
    # "zebra" is no word of the language model; the letters of the others are not in the alphabet.
    spelled = [word for word in words if set(word) <= set(ALPHABET)] + ["zebra"]
    scorer.fill_dictionary([word.encode() for word in spelled])
    assert scorer.save_dictionary(str(PACKAGE), True)


def mulberry32(seed):
    def draw():
        nonlocal seed
        seed = (seed + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((seed ^ (seed >> 15)) * (seed | 1)) & 0xFFFFFFFF
        t ^= (t + ((t ^ (t >> 7)) * (t | 61))) & 0xFFFFFFFF
        return ((t ^ (t >> 14)) & 0xFFFFFFFF) / 4294967296

    return draw


def probabilities(utterance):
    draw = mulberry32(utterance["seed"])
    rows = []
    for label in utterance["path"]:
        row = [(draw() * 2 - 1) * utterance["scale"] for _ in range(utterance["V"])]
        row[label] += utterance["boost"]
        top = max(row)
        exponentials = [math.exp(value - top) for value in row]
        rows.append([value / sum(exponentials) for value in exponentials])
    return rows


def decode():
    from ds_ctcdecoder import Alphabet, Scorer, __version__, ctc_beam_search_decoder

    alphabet = Alphabet(alphabet_file())
    scorer = Scorer(ALPHA, BETA, str(PACKAGE), alphabet)
    utterances = json.loads((VECTORS / "ctc/pyctcdecode.json").read_text())["utterances"]
    cases = []
    for name, utterance in utterances.items():
        if utterance["alphabet"] != "char":
            continue
        frames = probabilities(utterance)
        # Without a scorer, long utterances would only take long.
        for used in (None, scorer) if len(frames) < 10 else (scorer,):
            beams = ctc_beam_search_decoder(frames, alphabet, BEAM, 1.0, 40, used, num_results=8)
            cases.append(
                {
                    "utterance": name,
                    "scorer": used is not None,
                    "beams": [{"text": text, "score": round(score, 5)} for score, text in beams],
                }
            )
    head = {
        "reference": {"package": "ds_ctcdecoder", "version": __version__},
        "script": "scripts/deepspeech_scorer.py",
        "alpha": ALPHA,
        "beta": BETA,
        "beam": BEAM,
    }
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (VECTORS / "ctc/deepspeech_scorer.json").write_text(json.dumps(head)[:-1] + ',\n"cases": [\n' + lines + "\n]}\n")


{"package": package, "decode": decode}[sys.argv[1]]()
