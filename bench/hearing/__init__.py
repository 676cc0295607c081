"""What is left of a bulletin in the street? The pieces of the intelligibility bench, whose command is `intelligibility.py`.

`street` is the way from the loudspeaker to the ear, `speech` the bulletins and how they are said, `listener` who hears
them, `scoring` what may be concluded and how surely. The truth of each piece is tested in tests/audio/test_hearing_bench.py.
"""
