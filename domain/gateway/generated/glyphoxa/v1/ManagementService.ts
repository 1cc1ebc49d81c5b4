// Original file: proto/glyphoxa/v1/management.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  CreateTenantRequest as _glyphoxa_v1_CreateTenantRequest,
  CreateTenantRequest__Output as _glyphoxa_v1_CreateTenantRequest__Output,
} from '../../glyphoxa/v1/CreateTenantRequest.ts';
import type {
  DeleteTenantRequest as _glyphoxa_v1_DeleteTenantRequest,
  DeleteTenantRequest__Output as _glyphoxa_v1_DeleteTenantRequest__Output,
} from '../../glyphoxa/v1/DeleteTenantRequest.ts';
import type {
  DeleteTenantResponse as _glyphoxa_v1_DeleteTenantResponse,
  DeleteTenantResponse__Output as _glyphoxa_v1_DeleteTenantResponse__Output,
} from '../../glyphoxa/v1/DeleteTenantResponse.ts';
import type {
  GetBotStatusRequest as _glyphoxa_v1_GetBotStatusRequest,
  GetBotStatusRequest__Output as _glyphoxa_v1_GetBotStatusRequest__Output,
} from '../../glyphoxa/v1/GetBotStatusRequest.ts';
import type {
  GetBotStatusResponse as _glyphoxa_v1_GetBotStatusResponse,
  GetBotStatusResponse__Output as _glyphoxa_v1_GetBotStatusResponse__Output,
} from '../../glyphoxa/v1/GetBotStatusResponse.ts';
import type {
  GetTenantRequest as _glyphoxa_v1_GetTenantRequest,
  GetTenantRequest__Output as _glyphoxa_v1_GetTenantRequest__Output,
} from '../../glyphoxa/v1/GetTenantRequest.ts';
import type {
  GetUsageRequest as _glyphoxa_v1_GetUsageRequest,
  GetUsageRequest__Output as _glyphoxa_v1_GetUsageRequest__Output,
} from '../../glyphoxa/v1/GetUsageRequest.ts';
import type {
  GetUsageResponse as _glyphoxa_v1_GetUsageResponse,
  GetUsageResponse__Output as _glyphoxa_v1_GetUsageResponse__Output,
} from '../../glyphoxa/v1/GetUsageResponse.ts';
import type {
  ListActiveSessionsRequest as _glyphoxa_v1_ListActiveSessionsRequest,
  ListActiveSessionsRequest__Output as _glyphoxa_v1_ListActiveSessionsRequest__Output,
} from '../../glyphoxa/v1/ListActiveSessionsRequest.ts';
import type {
  ListActiveSessionsResponse as _glyphoxa_v1_ListActiveSessionsResponse,
  ListActiveSessionsResponse__Output as _glyphoxa_v1_ListActiveSessionsResponse__Output,
} from '../../glyphoxa/v1/ListActiveSessionsResponse.ts';
import type {
  ListTenantsRequest as _glyphoxa_v1_ListTenantsRequest,
  ListTenantsRequest__Output as _glyphoxa_v1_ListTenantsRequest__Output,
} from '../../glyphoxa/v1/ListTenantsRequest.ts';
import type {
  ListTenantsResponse as _glyphoxa_v1_ListTenantsResponse,
  ListTenantsResponse__Output as _glyphoxa_v1_ListTenantsResponse__Output,
} from '../../glyphoxa/v1/ListTenantsResponse.ts';
import type {
  StartWebSessionRequest as _glyphoxa_v1_StartWebSessionRequest,
  StartWebSessionRequest__Output as _glyphoxa_v1_StartWebSessionRequest__Output,
} from '../../glyphoxa/v1/StartWebSessionRequest.ts';
import type {
  StartWebSessionResponse as _glyphoxa_v1_StartWebSessionResponse,
  StartWebSessionResponse__Output as _glyphoxa_v1_StartWebSessionResponse__Output,
} from '../../glyphoxa/v1/StartWebSessionResponse.ts';
import type {
  StopWebSessionRequest as _glyphoxa_v1_StopWebSessionRequest,
  StopWebSessionRequest__Output as _glyphoxa_v1_StopWebSessionRequest__Output,
} from '../../glyphoxa/v1/StopWebSessionRequest.ts';
import type {
  StopWebSessionResponse as _glyphoxa_v1_StopWebSessionResponse,
  StopWebSessionResponse__Output as _glyphoxa_v1_StopWebSessionResponse__Output,
} from '../../glyphoxa/v1/StopWebSessionResponse.ts';
import type {
  TenantResponse as _glyphoxa_v1_TenantResponse,
  TenantResponse__Output as _glyphoxa_v1_TenantResponse__Output,
} from '../../glyphoxa/v1/TenantResponse.ts';
import type {
  UpdateTenantRequest as _glyphoxa_v1_UpdateTenantRequest,
  UpdateTenantRequest__Output as _glyphoxa_v1_UpdateTenantRequest__Output,
} from '../../glyphoxa/v1/UpdateTenantRequest.ts';

export interface ManagementServiceClient extends grpc.Client {
  CreateTenant(
    argument: _glyphoxa_v1_CreateTenantRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  CreateTenant(
    argument: _glyphoxa_v1_CreateTenantRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  CreateTenant(
    argument: _glyphoxa_v1_CreateTenantRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  CreateTenant(
    argument: _glyphoxa_v1_CreateTenantRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  createTenant(
    argument: _glyphoxa_v1_CreateTenantRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  createTenant(
    argument: _glyphoxa_v1_CreateTenantRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  createTenant(
    argument: _glyphoxa_v1_CreateTenantRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  createTenant(
    argument: _glyphoxa_v1_CreateTenantRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;

  DeleteTenant(
    argument: _glyphoxa_v1_DeleteTenantRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_DeleteTenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  DeleteTenant(
    argument: _glyphoxa_v1_DeleteTenantRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_DeleteTenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  DeleteTenant(
    argument: _glyphoxa_v1_DeleteTenantRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_DeleteTenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  DeleteTenant(
    argument: _glyphoxa_v1_DeleteTenantRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_DeleteTenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  deleteTenant(
    argument: _glyphoxa_v1_DeleteTenantRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_DeleteTenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  deleteTenant(
    argument: _glyphoxa_v1_DeleteTenantRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_DeleteTenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  deleteTenant(
    argument: _glyphoxa_v1_DeleteTenantRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_DeleteTenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  deleteTenant(
    argument: _glyphoxa_v1_DeleteTenantRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_DeleteTenantResponse__Output>,
  ): grpc.ClientUnaryCall;

  GetBotStatus(
    argument: _glyphoxa_v1_GetBotStatusRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_GetBotStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  GetBotStatus(
    argument: _glyphoxa_v1_GetBotStatusRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_GetBotStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  GetBotStatus(
    argument: _glyphoxa_v1_GetBotStatusRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_GetBotStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  GetBotStatus(
    argument: _glyphoxa_v1_GetBotStatusRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_GetBotStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  getBotStatus(
    argument: _glyphoxa_v1_GetBotStatusRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_GetBotStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  getBotStatus(
    argument: _glyphoxa_v1_GetBotStatusRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_GetBotStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  getBotStatus(
    argument: _glyphoxa_v1_GetBotStatusRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_GetBotStatusResponse__Output>,
  ): grpc.ClientUnaryCall;
  getBotStatus(
    argument: _glyphoxa_v1_GetBotStatusRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_GetBotStatusResponse__Output>,
  ): grpc.ClientUnaryCall;

  GetTenant(
    argument: _glyphoxa_v1_GetTenantRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  GetTenant(
    argument: _glyphoxa_v1_GetTenantRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  GetTenant(
    argument: _glyphoxa_v1_GetTenantRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  GetTenant(
    argument: _glyphoxa_v1_GetTenantRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  getTenant(
    argument: _glyphoxa_v1_GetTenantRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  getTenant(
    argument: _glyphoxa_v1_GetTenantRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  getTenant(
    argument: _glyphoxa_v1_GetTenantRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  getTenant(
    argument: _glyphoxa_v1_GetTenantRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;

  GetUsage(
    argument: _glyphoxa_v1_GetUsageRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_GetUsageResponse__Output>,
  ): grpc.ClientUnaryCall;
  GetUsage(
    argument: _glyphoxa_v1_GetUsageRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_GetUsageResponse__Output>,
  ): grpc.ClientUnaryCall;
  GetUsage(
    argument: _glyphoxa_v1_GetUsageRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_GetUsageResponse__Output>,
  ): grpc.ClientUnaryCall;
  GetUsage(
    argument: _glyphoxa_v1_GetUsageRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_GetUsageResponse__Output>,
  ): grpc.ClientUnaryCall;
  getUsage(
    argument: _glyphoxa_v1_GetUsageRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_GetUsageResponse__Output>,
  ): grpc.ClientUnaryCall;
  getUsage(
    argument: _glyphoxa_v1_GetUsageRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_GetUsageResponse__Output>,
  ): grpc.ClientUnaryCall;
  getUsage(
    argument: _glyphoxa_v1_GetUsageRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_GetUsageResponse__Output>,
  ): grpc.ClientUnaryCall;
  getUsage(
    argument: _glyphoxa_v1_GetUsageRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_GetUsageResponse__Output>,
  ): grpc.ClientUnaryCall;

  ListActiveSessions(
    argument: _glyphoxa_v1_ListActiveSessionsRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ListActiveSessionsResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListActiveSessions(
    argument: _glyphoxa_v1_ListActiveSessionsRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_ListActiveSessionsResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListActiveSessions(
    argument: _glyphoxa_v1_ListActiveSessionsRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ListActiveSessionsResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListActiveSessions(
    argument: _glyphoxa_v1_ListActiveSessionsRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_ListActiveSessionsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listActiveSessions(
    argument: _glyphoxa_v1_ListActiveSessionsRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ListActiveSessionsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listActiveSessions(
    argument: _glyphoxa_v1_ListActiveSessionsRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_ListActiveSessionsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listActiveSessions(
    argument: _glyphoxa_v1_ListActiveSessionsRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ListActiveSessionsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listActiveSessions(
    argument: _glyphoxa_v1_ListActiveSessionsRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_ListActiveSessionsResponse__Output>,
  ): grpc.ClientUnaryCall;

  ListTenants(
    argument: _glyphoxa_v1_ListTenantsRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ListTenantsResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListTenants(
    argument: _glyphoxa_v1_ListTenantsRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_ListTenantsResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListTenants(
    argument: _glyphoxa_v1_ListTenantsRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ListTenantsResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListTenants(
    argument: _glyphoxa_v1_ListTenantsRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_ListTenantsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listTenants(
    argument: _glyphoxa_v1_ListTenantsRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ListTenantsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listTenants(
    argument: _glyphoxa_v1_ListTenantsRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_ListTenantsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listTenants(
    argument: _glyphoxa_v1_ListTenantsRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_ListTenantsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listTenants(
    argument: _glyphoxa_v1_ListTenantsRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_ListTenantsResponse__Output>,
  ): grpc.ClientUnaryCall;

  StartWebSession(
    argument: _glyphoxa_v1_StartWebSessionRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StartWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  StartWebSession(
    argument: _glyphoxa_v1_StartWebSessionRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_StartWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  StartWebSession(
    argument: _glyphoxa_v1_StartWebSessionRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StartWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  StartWebSession(
    argument: _glyphoxa_v1_StartWebSessionRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_StartWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  startWebSession(
    argument: _glyphoxa_v1_StartWebSessionRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StartWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  startWebSession(
    argument: _glyphoxa_v1_StartWebSessionRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_StartWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  startWebSession(
    argument: _glyphoxa_v1_StartWebSessionRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StartWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  startWebSession(
    argument: _glyphoxa_v1_StartWebSessionRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_StartWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;

  StopWebSession(
    argument: _glyphoxa_v1_StopWebSessionRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StopWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  StopWebSession(
    argument: _glyphoxa_v1_StopWebSessionRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_StopWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  StopWebSession(
    argument: _glyphoxa_v1_StopWebSessionRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StopWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  StopWebSession(
    argument: _glyphoxa_v1_StopWebSessionRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_StopWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  stopWebSession(
    argument: _glyphoxa_v1_StopWebSessionRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StopWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  stopWebSession(
    argument: _glyphoxa_v1_StopWebSessionRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_StopWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  stopWebSession(
    argument: _glyphoxa_v1_StopWebSessionRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_StopWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;
  stopWebSession(
    argument: _glyphoxa_v1_StopWebSessionRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_StopWebSessionResponse__Output>,
  ): grpc.ClientUnaryCall;

  UpdateTenant(
    argument: _glyphoxa_v1_UpdateTenantRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  UpdateTenant(
    argument: _glyphoxa_v1_UpdateTenantRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  UpdateTenant(
    argument: _glyphoxa_v1_UpdateTenantRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  UpdateTenant(
    argument: _glyphoxa_v1_UpdateTenantRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  updateTenant(
    argument: _glyphoxa_v1_UpdateTenantRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  updateTenant(
    argument: _glyphoxa_v1_UpdateTenantRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  updateTenant(
    argument: _glyphoxa_v1_UpdateTenantRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
  updateTenant(
    argument: _glyphoxa_v1_UpdateTenantRequest,
    callback: grpc.requestCallback<_glyphoxa_v1_TenantResponse__Output>,
  ): grpc.ClientUnaryCall;
}

export interface ManagementServiceHandlers extends grpc.UntypedServiceImplementation {
  CreateTenant: grpc.handleUnaryCall<_glyphoxa_v1_CreateTenantRequest__Output, _glyphoxa_v1_TenantResponse>;

  DeleteTenant: grpc.handleUnaryCall<_glyphoxa_v1_DeleteTenantRequest__Output, _glyphoxa_v1_DeleteTenantResponse>;

  GetBotStatus: grpc.handleUnaryCall<_glyphoxa_v1_GetBotStatusRequest__Output, _glyphoxa_v1_GetBotStatusResponse>;

  GetTenant: grpc.handleUnaryCall<_glyphoxa_v1_GetTenantRequest__Output, _glyphoxa_v1_TenantResponse>;

  GetUsage: grpc.handleUnaryCall<_glyphoxa_v1_GetUsageRequest__Output, _glyphoxa_v1_GetUsageResponse>;

  ListActiveSessions: grpc.handleUnaryCall<
    _glyphoxa_v1_ListActiveSessionsRequest__Output,
    _glyphoxa_v1_ListActiveSessionsResponse
  >;

  ListTenants: grpc.handleUnaryCall<_glyphoxa_v1_ListTenantsRequest__Output, _glyphoxa_v1_ListTenantsResponse>;

  StartWebSession: grpc.handleUnaryCall<
    _glyphoxa_v1_StartWebSessionRequest__Output,
    _glyphoxa_v1_StartWebSessionResponse
  >;

  StopWebSession: grpc.handleUnaryCall<_glyphoxa_v1_StopWebSessionRequest__Output, _glyphoxa_v1_StopWebSessionResponse>;

  UpdateTenant: grpc.handleUnaryCall<_glyphoxa_v1_UpdateTenantRequest__Output, _glyphoxa_v1_TenantResponse>;
}

export interface ManagementServiceDefinition extends grpc.ServiceDefinition {
  CreateTenant: MethodDefinition<
    _glyphoxa_v1_CreateTenantRequest,
    _glyphoxa_v1_TenantResponse,
    _glyphoxa_v1_CreateTenantRequest__Output,
    _glyphoxa_v1_TenantResponse__Output
  >;
  DeleteTenant: MethodDefinition<
    _glyphoxa_v1_DeleteTenantRequest,
    _glyphoxa_v1_DeleteTenantResponse,
    _glyphoxa_v1_DeleteTenantRequest__Output,
    _glyphoxa_v1_DeleteTenantResponse__Output
  >;
  GetBotStatus: MethodDefinition<
    _glyphoxa_v1_GetBotStatusRequest,
    _glyphoxa_v1_GetBotStatusResponse,
    _glyphoxa_v1_GetBotStatusRequest__Output,
    _glyphoxa_v1_GetBotStatusResponse__Output
  >;
  GetTenant: MethodDefinition<
    _glyphoxa_v1_GetTenantRequest,
    _glyphoxa_v1_TenantResponse,
    _glyphoxa_v1_GetTenantRequest__Output,
    _glyphoxa_v1_TenantResponse__Output
  >;
  GetUsage: MethodDefinition<
    _glyphoxa_v1_GetUsageRequest,
    _glyphoxa_v1_GetUsageResponse,
    _glyphoxa_v1_GetUsageRequest__Output,
    _glyphoxa_v1_GetUsageResponse__Output
  >;
  ListActiveSessions: MethodDefinition<
    _glyphoxa_v1_ListActiveSessionsRequest,
    _glyphoxa_v1_ListActiveSessionsResponse,
    _glyphoxa_v1_ListActiveSessionsRequest__Output,
    _glyphoxa_v1_ListActiveSessionsResponse__Output
  >;
  ListTenants: MethodDefinition<
    _glyphoxa_v1_ListTenantsRequest,
    _glyphoxa_v1_ListTenantsResponse,
    _glyphoxa_v1_ListTenantsRequest__Output,
    _glyphoxa_v1_ListTenantsResponse__Output
  >;
  StartWebSession: MethodDefinition<
    _glyphoxa_v1_StartWebSessionRequest,
    _glyphoxa_v1_StartWebSessionResponse,
    _glyphoxa_v1_StartWebSessionRequest__Output,
    _glyphoxa_v1_StartWebSessionResponse__Output
  >;
  StopWebSession: MethodDefinition<
    _glyphoxa_v1_StopWebSessionRequest,
    _glyphoxa_v1_StopWebSessionResponse,
    _glyphoxa_v1_StopWebSessionRequest__Output,
    _glyphoxa_v1_StopWebSessionResponse__Output
  >;
  UpdateTenant: MethodDefinition<
    _glyphoxa_v1_UpdateTenantRequest,
    _glyphoxa_v1_TenantResponse,
    _glyphoxa_v1_UpdateTenantRequest__Output,
    _glyphoxa_v1_TenantResponse__Output
  >;
}
