// Original file: proto/glyphoxa/v1/session.proto

export interface ReportStateResponse {}

export interface ReportStateResponse__Output {}
