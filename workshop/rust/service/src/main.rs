include!(env!("STACKGAP_WORKSHOP_SOURCE"));
