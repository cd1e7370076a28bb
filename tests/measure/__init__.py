"""The parts that measure, most of them on processes of their own."""
