"""Engines that start servers, put load on them and read counters; gates on what they read."""
