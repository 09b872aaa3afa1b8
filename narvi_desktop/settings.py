"""Every time constant and limit in one object, so that tests can scale them."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """Times in seconds, sizes in bytes."""

    message_limit: int = 16 * MIB
    request_body_limit: int = 64 * MIB
    control_body_limit: int = 64 * 1024
    handler_timeout: float = 60
    outbox_messages: int = 16_384
    outbox_bytes: int = 64 * MIB
    inbox_messages: int = 4_096
    inbox_bytes: int = 16 * MIB
    session_limit: int = 512
    instance_limit: int = 256
    monitoring_interval: float = 2
    monitoring_retention: float = 1800
    stuck_warning: float = 5
    stuck_after: float = 30
    ping_after: float = 20
    ping_timeout: float = 20
    ticket_life: float = 60
    printed_ticket_life: float = 600
    leave_after: float = 60
    keep_no_window: float = 600
    restart_delays: tuple[float, ...] = (0.5, 1, 2, 4, 8)
    steady_after: float = 10
    stop_instance: float = 5
    stop_runtime: float = 10
    open_timeout: float = 30
    start_timeout: float = 20
    spare_life: float = 60
    host_linger: float = 10
    popup_limit: int = 20
    blank_after: float = 10
    log_bytes: int = 5 * MIB
    log_files: int = 3
    log_rate: int = MIB
    stand_still: float = 30
