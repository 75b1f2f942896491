"""Pure array functions: filters, gaps, derivatives, spectra, events and their intervals, lags."""
