/**
 * The `count`-th largest of `values[0, length)`, by quickselect; reorders them.
 *
 * A beam needs a threshold, not an order: this takes linear time where sorting would dominate the search.
 */
export function kthLargest(values: Float64Array, length: number, count: number): number {
  let low = 0;
  let high = length - 1;
  const wanted = count - 1;
  while (low < high) {
    const pivot = values[(low + high) >>> 1] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] as number) > pivot) left++;
      while ((values[right] as number) < pivot) right--;
      if (left > right) break;
      const swapped = values[left] as number;
      values[left++] = values[right] as number;
      values[right--] = swapped;
    }
    if (wanted <= right) high = right;
    else if (wanted >= left) low = left;
    else break;
  }
  return values[wanted] as number;
}
