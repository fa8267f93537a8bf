"""For those who test what they build on raspir: generated programs and inputs, and what is wrong made small."""
