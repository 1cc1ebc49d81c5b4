// Original file: proto/glyphoxa/v1/session.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  GetStatusRequest as _glyphoxa_v1_GetStatusRequest,
  GetStatusRequest__Output as _glyphoxa_v1_GetStatusRequest__Output,
} from '../../glyphoxa/v1/GetStatusRequest.ts';
import type {
  GetStatusResponse as _glyphoxa_v1_GetStatusResponse,
  GetStatusResponse__Output as _glyphoxa_v1_GetStatusResponse__Output,
} from '../../glyphoxa/v1/GetStatusResponse.ts';
import type {
  ListNPCsRequest as _glyphoxa_v1_ListNPCsRequest,
  ListNPCsRequest__Output as _glyphoxa_v1_ListNPCsRequest__Output,
} from '../../glyphoxa/v1/ListNPCsRequest.ts';
import type {
  ListNPCsResponse as _glyphoxa_v1_ListNPCsResponse,
  ListNPCsResponse__Output as _glyphoxa_v1_ListNPCsResponse__Output,
} from '../../glyphoxa/v1/ListNPCsResponse.ts';
import type {
  MuteAllNPCsRequest as _glyphoxa_v1_MuteAllNPCsRequest,
  MuteAllNPCsRequest__Output as _glyphoxa_v1_MuteAllNPCsRequest__Output,
} from '../../glyphoxa/v1/MuteAllNPCsRequest.ts';
import type {
  MuteAllNPCsResponse as _glyphoxa_v1_MuteAllNPCsResponse,
  MuteAllNPCsResponse__Output as _glyphoxa_v1_MuteAllNPCsResponse__Output,
} from '../../glyphoxa/v1/MuteAllNPCsResponse.ts';
import type {
  MuteNPCRequest as _glyphoxa_v1_MuteNPCRequest,
  MuteNPCRequest__Output as _glyphoxa_v1_MuteNPCRequest__Output,
} from '../../glyphoxa/v1/MuteNPCRequest.ts';
import type {
  MuteNPCResponse as _glyphoxa_v1_MuteNPCResponse,
  MuteNPCResponse__Output as _glyphoxa_v1_MuteNPCResponse__Output,
} from '../../glyphoxa/v1/MuteNPCResponse.ts';
import type {
  SpeakNPCRequest as _glyphoxa_v1_SpeakNPCRequest,
  SpeakNPCRequest__Output as _glyphoxa_v1_SpeakNPCRequest__Output,
} from '../../glyphoxa/v1/SpeakNPCRequest.ts';
import type {
  SpeakNPCResponse as _glyphoxa_v1_SpeakNPCResponse,
  SpeakNPCResponse__Output as _glyphoxa_v1_SpeakNPCResponse__Output,
} from '../../glyphoxa/v1/SpeakNPCResponse.ts';
import type {
  StartSessionRequest as _glyphoxa_v1_StartSessionRequest,
  StartSessionRequest__Output as _glyphoxa_v1_StartSessionRequest__Output,
} from '../../glyphoxa/v1/StartSessionRequest.ts';
import type {
  StartSessionResponse as _glyphoxa_v1_StartSessionResponse,
  StartSessionResponse__Output as _glyphoxa_v1_StartSessionResponse__Output,
} from '../../glyphoxa/v1/StartSessionResponse.ts';
import type {
  StopSessionRequest as _glyphoxa_v1_StopSessionRequest,
  StopSessionRequest__Output as _glyphoxa_v1_StopSessionRequest__Output,
} from '../../glyphoxa/v1/StopSessionRequest.ts';
import type {
  StopSessionResponse as _glyphoxa_v1_StopSessionResponse,
  StopSessionResponse__Output as _glyphoxa_v1_StopSessionResponse__Output,
} from '../../glyphoxa/v1/StopSessionResponse.ts';
import type {
  UnmuteAllNPCsRequest as _glyphoxa_v1_UnmuteAllNPCsRequest,
  UnmuteAllNPCsRequest__Output as _glyphoxa_v1_UnmuteAllNPCsRequest__Output,
} from '../../glyphoxa/v1/UnmuteAllNPCsRequest.ts';
import type {
  UnmuteAllNPCsResponse as _glyphoxa_v1_UnmuteAllNPCsResponse,
  UnmuteAllNPCsResponse__Output as _glyphoxa_v1_UnmuteAllNPCsResponse__Output,
} from '../../glyphoxa/v1/UnmuteAllNPCsResponse.ts';
import type {
  UnmuteNPCRequest as _glyphoxa_v1_UnmuteNPCRequest,
  UnmuteNPCRequest__Output as _glyphoxa_v1_UnmuteNPCRequest__Output,
} from '../../glyphoxa/v1/UnmuteNPCRequest.ts';
import type {
  UnmuteNPCResponse as _glyphoxa_v1_UnmuteNPCResponse,
  UnmuteNPCResponse__Output as _glyphoxa_v1_UnmuteNPCResponse__Output,
} from '../../glyphoxa/v1/UnmuteNPCResponse.ts';

export interface SessionWorkerServiceClient extends grpc.Client {
  GetStatus(
    argument: _glyphoxa_v1_GetStatusRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_GetStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  GetStatus(
    argument: _glyphoxa_v1_GetStatusRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_GetStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  GetStatus(
    argument: _glyphoxa_v1_GetStatusRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_GetStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  GetStatus(
    argument: _glyphoxa_v1_GetStatusRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_GetStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  getStatus(
    argument: _glyphoxa_v1_GetStatusRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_GetStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  getStatus(
    argument: _glyphoxa_v1_GetStatusRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_GetStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  getStatus(
    argument: _glyphoxa_v1_GetStatusRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_GetStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  getStatus(
    argument: _glyphoxa_v1_GetStatusRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_GetStatusResponse__Output>,
  ): grpc.ClientUnaryCall;

  ListNPCs(
    argument: _glyphoxa_v1_ListNPCsRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ListNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListNPCs(
    argument: _glyphoxa_v1_ListNPCsRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_ListNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListNPCs(
    argument: _glyphoxa_v1_ListNPCsRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ListNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListNPCs(
    argument: _glyphoxa_v1_ListNPCsRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_ListNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listNpCs(
    argument: _glyphoxa_v1_ListNPCsRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ListNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listNpCs(
    argument: _glyphoxa_v1_ListNPCsRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_ListNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listNpCs(
    argument: _glyphoxa_v1_ListNPCsRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ListNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listNpCs(
    argument: _glyphoxa_v1_ListNPCsRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_ListNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;

  MuteAllNPCs(
    argument: _glyphoxa_v1_MuteAllNPCsRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  MuteAllNPCs(
    argument: _glyphoxa_v1_MuteAllNPCsRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  MuteAllNPCs(
    argument: _glyphoxa_v1_MuteAllNPCsRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  MuteAllNPCs(
    argument: _glyphoxa_v1_MuteAllNPCsRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  muteAllNpCs(
    argument: _glyphoxa_v1_MuteAllNPCsRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  muteAllNpCs(
    argument: _glyphoxa_v1_MuteAllNPCsRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  muteAllNpCs(
    argument: _glyphoxa_v1_MuteAllNPCsRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  muteAllNpCs(
    argument: _glyphoxa_v1_MuteAllNPCsRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;

  MuteNPC(
    argument: _glyphoxa_v1_MuteNPCRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  MuteNPC(
    argument: _glyphoxa_v1_MuteNPCRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  MuteNPC(
    argument: _glyphoxa_v1_MuteNPCRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  MuteNPC(
    argument: _glyphoxa_v1_MuteNPCRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  muteNpc(
    argument: _glyphoxa_v1_MuteNPCRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  muteNpc(
    argument: _glyphoxa_v1_MuteNPCRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  muteNpc(
    argument: _glyphoxa_v1_MuteNPCRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  muteNpc(
    argument: _glyphoxa_v1_MuteNPCRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_MuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;

  SpeakNPC(
    argument: _glyphoxa_v1_SpeakNPCRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_SpeakNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  SpeakNPC(
    argument: _glyphoxa_v1_SpeakNPCRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_SpeakNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  SpeakNPC(
    argument: _glyphoxa_v1_SpeakNPCRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_SpeakNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  SpeakNPC(
    argument: _glyphoxa_v1_SpeakNPCRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_SpeakNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  speakNpc(
    argument: _glyphoxa_v1_SpeakNPCRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_SpeakNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  speakNpc(
    argument: _glyphoxa_v1_SpeakNPCRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_SpeakNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  speakNpc(
    argument: _glyphoxa_v1_SpeakNPCRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_SpeakNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  speakNpc(
    argument: _glyphoxa_v1_SpeakNPCRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_SpeakNPCResponse__Output>,
  ): grpc.ClientUnaryCall;

  StartSession(
    argument: _glyphoxa_v1_StartSessionRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StartSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  StartSession(
    argument: _glyphoxa_v1_StartSessionRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_StartSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  StartSession(
    argument: _glyphoxa_v1_StartSessionRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StartSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  StartSession(
    argument: _glyphoxa_v1_StartSessionRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_StartSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  startSession(
    argument: _glyphoxa_v1_StartSessionRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StartSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  startSession(
    argument: _glyphoxa_v1_StartSessionRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_StartSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  startSession(
    argument: _glyphoxa_v1_StartSessionRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StartSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  startSession(
    argument: _glyphoxa_v1_StartSessionRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_StartSessionResponse__Output>,
  ): grpc.ClientUnaryCall;

  StopSession(
    argument: _glyphoxa_v1_StopSessionRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StopSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  StopSession(
    argument: _glyphoxa_v1_StopSessionRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_StopSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  StopSession(
    argument: _glyphoxa_v1_StopSessionRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StopSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  StopSession(
    argument: _glyphoxa_v1_StopSessionRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_StopSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  stopSession(
    argument: _glyphoxa_v1_StopSessionRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StopSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  stopSession(
    argument: _glyphoxa_v1_StopSessionRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_StopSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  stopSession(
    argument: _glyphoxa_v1_StopSessionRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StopSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  stopSession(
    argument: _glyphoxa_v1_StopSessionRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_StopSessionResponse__Output>,
  ): grpc.ClientUnaryCall;

  UnmuteAllNPCs(
    argument: _glyphoxa_v1_UnmuteAllNPCsRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  UnmuteAllNPCs(
    argument: _glyphoxa_v1_UnmuteAllNPCsRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  UnmuteAllNPCs(
    argument: _glyphoxa_v1_UnmuteAllNPCsRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  UnmuteAllNPCs(
    argument: _glyphoxa_v1_UnmuteAllNPCsRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  unmuteAllNpCs(
    argument: _glyphoxa_v1_UnmuteAllNPCsRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  unmuteAllNpCs(
    argument: _glyphoxa_v1_UnmuteAllNPCsRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  unmuteAllNpCs(
    argument: _glyphoxa_v1_UnmuteAllNPCsRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;
  unmuteAllNpCs(
    argument: _glyphoxa_v1_UnmuteAllNPCsRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteAllNPCsResponse__Output>,
  ): grpc.ClientUnaryCall;

  UnmuteNPC(
    argument: _glyphoxa_v1_UnmuteNPCRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  UnmuteNPC(
    argument: _glyphoxa_v1_UnmuteNPCRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  UnmuteNPC(
    argument: _glyphoxa_v1_UnmuteNPCRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  UnmuteNPC(
    argument: _glyphoxa_v1_UnmuteNPCRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  unmuteNpc(
    argument: _glyphoxa_v1_UnmuteNPCRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  unmuteNpc(
    argument: _glyphoxa_v1_UnmuteNPCRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  unmuteNpc(
    argument: _glyphoxa_v1_UnmuteNPCRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
  unmuteNpc(
    argument: _glyphoxa_v1_UnmuteNPCRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_UnmuteNPCResponse__Output>,
  ): grpc.ClientUnaryCall;
}

export interface SessionWorkerServiceHandlers extends grpc.UntypedServiceImplementation {
  GetStatus: grpc.handleUnaryCall<_glyphoxa_v1_GetStatusRequest__Output, _glyphoxa_v1_GetStatusResponse>;

  ListNPCs: grpc.handleUnaryCall<_glyphoxa_v1_ListNPCsRequest__Output, _glyphoxa_v1_ListNPCsResponse>;

  MuteAllNPCs: grpc.handleUnaryCall<_glyphoxa_v1_MuteAllNPCsRequest__Output, _glyphoxa_v1_MuteAllNPCsResponse>;

  MuteNPC: grpc.handleUnaryCall<_glyphoxa_v1_MuteNPCRequest__Output, _glyphoxa_v1_MuteNPCResponse>;

  SpeakNPC: grpc.handleUnaryCall<_glyphoxa_v1_SpeakNPCRequest__Output, _glyphoxa_v1_SpeakNPCResponse>;

  StartSession: grpc.handleUnaryCall<_glyphoxa_v1_StartSessionRequest__Output, _glyphoxa_v1_StartSessionResponse>;

  StopSession: grpc.handleUnaryCall<_glyphoxa_v1_StopSessionRequest__Output, _glyphoxa_v1_StopSessionResponse>;

  UnmuteAllNPCs: grpc.handleUnaryCall<_glyphoxa_v1_UnmuteAllNPCsRequest__Output, _glyphoxa_v1_UnmuteAllNPCsResponse>;

  UnmuteNPC: grpc.handleUnaryCall<_glyphoxa_v1_UnmuteNPCRequest__Output, _glyphoxa_v1_UnmuteNPCResponse>;
}

export interface SessionWorkerServiceDefinition extends grpc.ServiceDefinition {
  GetStatus: MethodDefinition<
    _glyphoxa_v1_GetStatusRequest,
    _glyphoxa_v1_GetStatusResponse,
    _glyphoxa_v1_GetStatusRequest__Output,
    _glyphoxa_v1_GetStatusResponse__Output
  >;
  ListNPCs: MethodDefinition<
    _glyphoxa_v1_ListNPCsRequest,
    _glyphoxa_v1_ListNPCsResponse,
    _glyphoxa_v1_ListNPCsRequest__Output,
    _glyphoxa_v1_ListNPCsResponse__Output
  >;
  MuteAllNPCs: MethodDefinition<
    _glyphoxa_v1_MuteAllNPCsRequest,
    _glyphoxa_v1_MuteAllNPCsResponse,
    _glyphoxa_v1_MuteAllNPCsRequest__Output,
    _glyphoxa_v1_MuteAllNPCsResponse__Output
  >;
  MuteNPC: MethodDefinition<
    _glyphoxa_v1_MuteNPCRequest,
    _glyphoxa_v1_MuteNPCResponse,
    _glyphoxa_v1_MuteNPCRequest__Output,
    _glyphoxa_v1_MuteNPCResponse__Output
  >;
  SpeakNPC: MethodDefinition<
    _glyphoxa_v1_SpeakNPCRequest,
    _glyphoxa_v1_SpeakNPCResponse,
    _glyphoxa_v1_SpeakNPCRequest__Output,
    _glyphoxa_v1_SpeakNPCResponse__Output
  >;
  StartSession: MethodDefinition<
    _glyphoxa_v1_StartSessionRequest,
    _glyphoxa_v1_StartSessionResponse,
    _glyphoxa_v1_StartSessionRequest__Output,
    _glyphoxa_v1_StartSessionResponse__Output
  >;
  StopSession: MethodDefinition<
    _glyphoxa_v1_StopSessionRequest,
    _glyphoxa_v1_StopSessionResponse,
    _glyphoxa_v1_StopSessionRequest__Output,
    _glyphoxa_v1_StopSessionResponse__Output
  >;
  UnmuteAllNPCs: MethodDefinition<
    _glyphoxa_v1_UnmuteAllNPCsRequest,
    _glyphoxa_v1_UnmuteAllNPCsResponse,
    _glyphoxa_v1_UnmuteAllNPCsRequest__Output,
    _glyphoxa_v1_UnmuteAllNPCsResponse__Output
  >;
  UnmuteNPC: MethodDefinition<
    _glyphoxa_v1_UnmuteNPCRequest,
    _glyphoxa_v1_UnmuteNPCResponse,
    _glyphoxa_v1_UnmuteNPCRequest__Output,
    _glyphoxa_v1_UnmuteNPCResponse__Output
  >;
}
