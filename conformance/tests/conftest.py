"""What all tests share: properties are tried without a clock, since a busy machine says nothing of the code."""

from hypothesis import HealthCheck, settings

settings.register_profile("untimed", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
