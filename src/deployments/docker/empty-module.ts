/** Stands in the bundle for parts of dockerode that are never used: builds (gRPC, protobuf) and its own SSH client. */
export default {};
