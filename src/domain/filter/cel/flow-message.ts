import {
  createFileRegistry,
  fromJson,
  type DescMessage,
  type JsonValue,
  type Message,
} from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { create } from '@bufbuild/protobuf';
import { protoEnums, protoMessages, type ProtoField } from '../../flow/flow-proto.js';
import type { Json } from '../../flow/json.js';

const scalars: ReadonlyMap<string, Type> = new Map([
  ['string', Type.STRING],
  ['bool', Type.BOOL],
  ['int32', Type.INT32],
  ['uint32', Type.UINT32],
  ['uint64', Type.UINT64],
]);

/** Hubble's proto file, as far as a flow needs it. */
const file = create(FileDescriptorProtoSchema, {
  name: 'flow/flow.proto',
  package: 'flow',
  syntax: 'proto3',
  dependency: ['google/protobuf/timestamp.proto', 'google/protobuf/wrappers.proto'],
  messageType: [...protoMessages].map(([name, fields]) => ({ name, field: fields.map(describeField) })),
  enumType: [...protoEnums].map(([name, values]) => ({
    name,
    value: [...values].map(([number, name]) => ({ name, number })),
  })),
});

function describeField({ name, number, type, isList }: ProtoField) {
  const scalar = scalars.get(type);
  return {
    name,
    number,
    jsonName: name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    label: isList ? Label.REPEATED : Label.OPTIONAL,
    type: scalar ?? (protoEnums.has(type) ? Type.ENUM : Type.MESSAGE),
    ...(scalar === undefined && { typeName: `.${type.includes('.') ? '' : 'flow.'}${type}` }),
  };
}

const imports = [file_google_protobuf_timestamp, file_google_protobuf_wrappers];

export const flowRegistry = createFileRegistry(file, (name) =>
  imports.find((known) => `${known.name}.proto` === name),
);

export const flowType: DescMessage = messageNamed('flow.Flow');

function messageNamed(name: string): DescMessage {
  const found = flowRegistry.getMessage(name);
  if (found === undefined) throw new Error(`no message ${name}`);
  return found;
}

/** Undefined where a field holds what its type does not: Hubble never wrote that. */
export function flowMessage(flow: Json): Message | undefined {
  try {
    return fromJson(flowType, flow as JsonValue, { ignoreUnknownFields: true });
  } catch {
    return undefined;
  }
}
