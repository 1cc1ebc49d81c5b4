// Original file: proto/glyphoxa/v1/session.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  HeartbeatRequest as _glyphoxa_v1_HeartbeatRequest,
  HeartbeatRequest__Output as _glyphoxa_v1_HeartbeatRequest__Output,
} from '../../glyphoxa/v1/HeartbeatRequest.ts';
import type {
  HeartbeatResponse as _glyphoxa_v1_HeartbeatResponse,
  HeartbeatResponse__Output as _glyphoxa_v1_HeartbeatResponse__Output,
} from '../../glyphoxa/v1/HeartbeatResponse.ts';
import type {
  ReportStateRequest as _glyphoxa_v1_ReportStateRequest,
  ReportStateRequest__Output as _glyphoxa_v1_ReportStateRequest__Output,
} from '../../glyphoxa/v1/ReportStateRequest.ts';
import type {
  ReportStateResponse as _glyphoxa_v1_ReportStateResponse,
  ReportStateResponse__Output as _glyphoxa_v1_ReportStateResponse__Output,
} from '../../glyphoxa/v1/ReportStateResponse.ts';

export interface SessionGatewayServiceClient extends grpc.Client {
  Heartbeat(
    argument: _glyphoxa_v1_HeartbeatRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_HeartbeatResponse__Output>,
  ): grpc.ClientUnaryCall;
  Heartbeat(
    argument: _glyphoxa_v1_HeartbeatRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_HeartbeatResponse__Output>,
  ): grpc.ClientUnaryCall;
  Heartbeat(
    argument: _glyphoxa_v1_HeartbeatRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_HeartbeatResponse__Output>,
  ): grpc.ClientUnaryCall;
  Heartbeat(
    argument: _glyphoxa_v1_HeartbeatRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_HeartbeatResponse__Output>,
  ): grpc.ClientUnaryCall;
  heartbeat(
    argument: _glyphoxa_v1_HeartbeatRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_HeartbeatResponse__Output>,
  ): grpc.ClientUnaryCall;
  heartbeat(
    argument: _glyphoxa_v1_HeartbeatRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_HeartbeatResponse__Output>,
  ): grpc.ClientUnaryCall;
  heartbeat(
    argument: _glyphoxa_v1_HeartbeatRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_HeartbeatResponse__Output>,
  ): grpc.ClientUnaryCall;
  heartbeat(
    argument: _glyphoxa_v1_HeartbeatRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_HeartbeatResponse__Output>,
  ): grpc.ClientUnaryCall;

  ReportState(
    argument: _glyphoxa_v1_ReportStateRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ReportStateResponse__Output>,
  ): grpc.ClientUnaryCall;
  ReportState(
    argument: _glyphoxa_v1_ReportStateRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_ReportStateResponse__Output>,
  ): grpc.ClientUnaryCall;
  ReportState(
    argument: _glyphoxa_v1_ReportStateRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ReportStateResponse__Output>,
  ): grpc.ClientUnaryCall;
  ReportState(
    argument: _glyphoxa_v1_ReportStateRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_ReportStateResponse__Output>,
  ): grpc.ClientUnaryCall;
  reportState(
    argument: _glyphoxa_v1_ReportStateRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ReportStateResponse__Output>,
  ): grpc.ClientUnaryCall;
  reportState(
    argument: _glyphoxa_v1_ReportStateRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_ReportStateResponse__Output>,
  ): grpc.ClientUnaryCall;
  reportState(
    argument: _glyphoxa_v1_ReportStateRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ReportStateResponse__Output>,
  ): grpc.ClientUnaryCall;
  reportState(
    argument: _glyphoxa_v1_ReportStateRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_ReportStateResponse__Output>,
  ): grpc.ClientUnaryCall;
}

export interface SessionGatewayServiceHandlers extends grpc.UntypedServiceImplementation {
  Heartbeat: grpc.handleUnaryCall<_glyphoxa_v1_HeartbeatRequest__Output, _glyphoxa_v1_HeartbeatResponse>;

  ReportState: grpc.handleUnaryCall<_glyphoxa_v1_ReportStateRequest__Output, _glyphoxa_v1_ReportStateResponse>;
}

export interface SessionGatewayServiceDefinition extends grpc.ServiceDefinition {
  Heartbeat: MethodDefinition<
    _glyphoxa_v1_HeartbeatRequest,
    _glyphoxa_v1_HeartbeatResponse,
    _glyphoxa_v1_HeartbeatRequest__Output,
    _glyphoxa_v1_HeartbeatResponse__Output
  >;
  ReportState: MethodDefinition<
    _glyphoxa_v1_ReportStateRequest,
    _glyphoxa_v1_ReportStateResponse,
    _glyphoxa_v1_ReportStateRequest__Output,
    _glyphoxa_v1_ReportStateResponse__Output
  >;
}
