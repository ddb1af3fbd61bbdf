"""The outcome of a comparison."""

from __future__ import annotations

from dataclasses import dataclass

#: Largest differences of float32 graphs: rounding in another order of operations.
HIDDEN_TOLERANCE = 2e-3
LOGITS_TOLERANCE = 5e-3
#: Share of positions at which a quantised export must predict the checkpoint's token, given the same history.
MINIMUM_AGREEMENT = 0.9


@dataclass(frozen=True)
class WindowResult:
    name: str
    expected_text: str
    text: str
    hidden_error: float
    """Largest difference of the encoder's last hidden state."""
    logits_error: float
    """Largest difference of the logits on the checkpoint's own tokens."""
    logits_mean_error: float
    agreement: float
    """Share of positions with the same most probable token."""


@dataclass(frozen=True)
class Report:
    exact: bool
    """Whether the export is float32 throughout, so that numbers must agree."""
    precision: str
    reference: str
    window_seconds: float
    windows: tuple[WindowResult, ...]
    reference_speed: tuple[float, float]
    """Median milliseconds of an encoder run and of a decoder step."""
    speed: tuple[float, float]

    @property
    def failures(self) -> tuple[str, ...]:
        problems = []
        for window in self.windows:
            if self.exact and window.hidden_error > HIDDEN_TOLERANCE:
                problems.append(f"{window.name}: encoder differs by {window.hidden_error:.2g} > {HIDDEN_TOLERANCE}")
            if self.exact and window.logits_error > LOGITS_TOLERANCE:
                problems.append(f"{window.name}: logits differ by {window.logits_error:.2g} > {LOGITS_TOLERANCE}")
            if self.exact and window.text != window.expected_text:
                problems.append(f"{window.name}: the text differs")
        if self.agreement < MINIMUM_AGREEMENT:
            problems.append(f"{self.agreement:.1%} of the tokens agree, expected {MINIMUM_AGREEMENT:.0%} or more")
        return tuple(problems)

    @property
    def agreement(self) -> float:
        """Mean over the windows."""
        return sum(window.agreement for window in self.windows) / len(self.windows)

    @property
    def passed(self) -> bool:
        return not self.failures

    def text(self) -> str:
        same = sum(window.text == window.expected_text for window in self.windows)
        lines = [f"\n{self.precision}, compared with {self.reference} on the checkpoint"]
        for window in self.windows:
            lines += [
                f"\n{window.name}: {'same text' if window.text == window.expected_text else 'text differs'}",
                f"  checkpoint:{window.expected_text}",
                f"  exported:  {window.text}" if window.text != window.expected_text else "",
                f"  encoder max |Δ| {window.hidden_error:.2e}; logits max |Δ| {window.logits_error:.2e}, "
                f"mean {window.logits_mean_error:.2e}; same token at {window.agreement:.1%} of the positions",
            ]
        lines += [
            f"\n{same} of {len(self.windows)} windows of {self.window_seconds:g} s with the same greedy text",
            f"{'':14}{'encoder':>12}{'decoder step':>16}",
            f"{'checkpoint':14}{self.reference_speed[0]:>9.1f} ms{self.reference_speed[1]:>13.2f} ms",
            f"{'exported':14}{self.speed[0]:>9.1f} ms{self.speed[1]:>13.2f} ms",
            *(f"FAILED {failure}" for failure in self.failures),
            *(["passed"] if self.passed else []),
        ]
        return "\n".join(line for line in lines if line)
