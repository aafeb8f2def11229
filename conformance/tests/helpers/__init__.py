"""What tests share: stand-ins, processes and data, each module named after what it holds."""
